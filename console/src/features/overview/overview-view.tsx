import { Plus } from 'lucide-react';
import { Page } from '../../design/patterns/page.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import { useOpens } from '../../shell/views.tsx';
import { useCan } from '../../viewer/organization.tsx';
import { AttentionCard } from './attention-card.tsx';
import { ChangesCard } from './changes-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { TEXTS } from './texts.ts';
import { UsageCards } from './usage-card.tsx';
import { VerifiersCard } from './verifiers-card.tsx';

/** The home of an organization: how its keys are used, what needs attention, and what has changed. */
export function OverviewView() {
  const can = useCan();
  const opens = useOpens();
  const seesOrganization = can('organization.view');
  const seesKeys = can('api.key.view');
  return (
    <Page
      title="Overview"
      description={TEXTS.description}
      actions={
        opens('/keys/new') && (
          <ButtonLink to="/keys/new" look="primary">
            <Plus size={16} aria-hidden="true" />
            Create key
          </ButtonLink>
        )
      }
    >
      <FirstSteps />
      {seesOrganization && seesKeys && <UsageCards />}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          {seesOrganization && seesKeys && <AttentionCard />}
          {seesOrganization && <VerifiersCard />}
        </div>
        {(seesKeys || can('audit.view')) && <ChangesCard />}
      </div>
    </Page>
  );
}
