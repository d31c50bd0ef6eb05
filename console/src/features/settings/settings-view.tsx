import { useDocument } from '../../api/use-document.ts';
import { Card, Fact, Facts, LoadFault, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { DateText } from '../../design/primitives/time.tsx';
import { OrganizationSettingsDocument, type SettingsFactsFragment } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { SettingsForm } from './settings-form.tsx';
import { VerifiersCard } from './verifiers/verifiers-card.tsx';

/** Settings of the whole organization. */
export function OrganizationSettingsView() {
  const { id: organizationId } = useOrganization();
  const [{ data, error }, reload] = useDocument(OrganizationSettingsDocument, { organizationId });
  const organization = data?.organization;
  return (
    <Page title="Settings" description="Settings of the whole organization.">
      {error && !organization && (
        <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />
      )}
      {!organization && !error && <SkeletonRows />}
      {organization && (
        <SettingsForm organization={organization} aside={<OperatorSettings organization={organization} />}>
          <VerifiersCard />
        </SettingsForm>
      )}
    </Page>
  );
}

/** Settings that only the operator can change. */
function OperatorSettings({ organization }: { readonly organization: SettingsFactsFragment }) {
  const { id, slug, createdAt, limits } = organization;
  if (!limits) return null;
  const { activeApiKeys, maxActiveApiKeys } = limits;
  const share = maxActiveApiKeys ? Math.min(1, activeApiKeys / maxActiveApiKeys) : null;
  return (
    <Card title="Set by the operator">
      <div className="flex flex-col gap-4">
        <div>
          <p>
            <span className="text-lg font-semibold tabular-nums">{activeApiKeys.toLocaleString('en')}</span>{' '}
            <span className="text-soft">
              {maxActiveApiKeys === null || maxActiveApiKeys === undefined
                ? 'active keys; any number is allowed'
                : `of at most ${maxActiveApiKeys.toLocaleString('en')} active keys`}
            </span>
          </p>
          {share !== null && (
            <meter
              aria-label="Active keys compared with the limit"
              className="mt-2 h-2 w-full"
              min={0}
              max={1}
              high={0.9}
              value={share}
            >
              {Math.round(share * 100)} %
            </meter>
          )}
        </div>
        <Facts>
          <Fact name="Slug">
            <code className="font-mono text-[0.8125rem] break-all">{slug}</code>
          </Fact>
          <Fact name="Id">
            <code className="font-mono text-[0.8125rem] break-all">{id}</code>
          </Fact>
          <Fact name="Created">
            <DateText at={createdAt} />
          </Fact>
        </Facts>
      </div>
    </Card>
  );
}
