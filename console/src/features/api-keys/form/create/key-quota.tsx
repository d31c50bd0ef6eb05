import { useDocument } from '../../../../api/use-document.ts';
import { CreateKeyBoundsDocument } from '../../../../generated/graphql.ts';
import { useCan, useOrganization } from '../../../../viewer/organization.tsx';

/** A warning when the organization has reached its limit of active keys. */
export function KeyQuota() {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [{ data }] = useDocument(
    CreateKeyBoundsDocument,
    { organizationId },
    { pause: !can('organization.view') },
  );
  const limits = data?.organization?.limits;
  if (!limits?.maxActiveApiKeys || limits.activeApiKeys < limits.maxActiveApiKeys) return null;
  return (
    <p role="status" className="rounded-lg bg-warn-soft px-3.5 py-2.5 text-warn">
      The organization has reached its limit of {limits.maxActiveApiKeys.toLocaleString('en')} active keys.
      Revoke a key that is no longer needed first.
    </p>
  );
}
