import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import { Card, EmptyState, Page } from '../../../design/patterns/page.tsx';
import { ReviewPolicyDocument } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { RevokeDialog } from '../revoke/revoke-dialog.tsx';
import { ConcernCard } from './concern-card.tsx';
import { useConcern } from './concern-list.ts';
import { EXPIRING, NEVER_USED, OVERDUE, UNUSED } from './concerns.tsx';
import { ExtendDialog } from './extend-dialog.tsx';
import type { Chosen } from './remedies.tsx';

const MINUTE_MS = 60_000;

/** Keys that need attention, with remedies. */
export function ReviewView() {
  const [at] = useState(() => Math.floor(now() / MINUTE_MS) * MINUTE_MS);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const expiring = useConcern(EXPIRING, at);
  const overdue = useConcern(OVERDUE, at);
  const unused = useConcern(UNUSED, at);
  const neverUsed = useConcern(NEVER_USED, at);
  const isClear = [expiring, overdue, unused, neverUsed].every(
    ({ rows, loading, error }) => rows.length === 0 && !loading && !error,
  );
  const close = () => setChosen(null);
  return (
    <Page title="Review" description="Keys that need attention. Resolved keys leave the list.">
      {isClear && <NothingToReview />}
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <ConcernCard concern={EXPIRING} list={expiring} onChoose={setChosen} />
        <ConcernCard concern={OVERDUE} list={overdue} hint={<PolicyHint />} onChoose={setChosen} />
        <ConcernCard concern={UNUSED} list={unused} onChoose={setChosen} />
        <ConcernCard concern={NEVER_USED} list={neverUsed} onChoose={setChosen} />
      </div>
      {chosen?.remedy === 'revoke' && <RevokeDialog apiKey={chosen.apiKey} onClose={close} />}
      {chosen?.remedy === 'extend' && <ExtendDialog apiKey={chosen.apiKey} onClose={close} />}
    </Page>
  );
}

function NothingToReview() {
  return (
    <Card padded={false}>
      <EmptyState icon={ListChecks} title="Nothing to review">
        No key expires soon, is overdue for rotation, or is unused. Such keys appear here, with what to do
        about each.
      </EmptyState>
    </Card>
  );
}

/** Without a policy, no key is ever overdue: explains this, and links to the settings. */
function PolicyHint() {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const opens = useOpens();
  const [{ data }] = useDocument(
    ReviewPolicyDocument,
    { organizationId },
    { pause: !can('organization.view'), requestPolicy: 'cache-first' },
  );
  const policy = data?.organization?.rotationPolicy;
  if (!policy || policy.liveDays || policy.testDays) return null;
  return (
    <>
      The organization has no rotation policy yet, so nothing is ever overdue.{' '}
      {can('organization.manage') && opens('/settings') && (
        <Link href="/settings" className="text-accent-strong underline">
          Set a rotation interval
        </Link>
      )}
    </>
  );
}
