import { useQuery } from 'urql';
import { parsed } from '../../../api/document.ts';
import { PermissionCatalogDocument, type RoleFactsFragment } from '../../../generated/graphql.ts';
import { useOrganization } from '../../../viewer/organization.tsx';

/** A role's permissions with their descriptions. */
export function RoleMeaning({
  role: { description, permissions },
}: {
  readonly role: Pick<RoleFactsFragment, 'description' | 'permissions'>;
}) {
  const { id: organizationId } = useOrganization();
  const [{ data }] = useQuery({ query: parsed(PermissionCatalogDocument), variables: { organizationId } });
  const meanings = new Map(
    data?.organization?.permissionCatalog?.map(({ name, description: meaning }) => [name, meaning]),
  );
  return (
    <div className="rounded-lg bg-hover px-3.5 py-3">
      {description && <p className="mb-2">{description}</p>}
      {permissions.length === 0 && <p className="text-soft">This role has no permissions.</p>}
      <ul className="flex flex-col gap-1.5">
        {permissions.map((permission) => (
          <li key={permission} className="flex flex-wrap gap-x-3">
            <span className="font-mono text-[0.8125rem] break-all">{permission}</span>
            <span className="text-[0.8125rem] text-soft">
              {meanings.get(permission) ?? wildcard(permission)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function wildcard(permission: string): string {
  if (permission === '*') return 'All permissions, including those added later';
  return permission.endsWith('.*') ? `All permissions under ${permission.slice(0, -2)}` : '';
}
