import type { ReactNode } from 'react';
import { useDocument } from '../../../api/use-document.ts';
import { Card } from '../../../design/patterns/page.tsx';
import { Badge } from '../../../design/primitives/badge.tsx';
import { PermissionMeaningsDocument } from '../../../generated/graphql.ts';
import { useBeyond, useCan, useOrganization } from '../../../viewer/organization.tsx';
import { covers } from '../../../viewer/permissions.ts';
import { roleName } from '../../roles/role-name.ts';
import type { KeyDetails } from './key-facts.tsx';

/** A key's current permissions, their descriptions, and the source of each. */
export function PermissionsCard({ apiKey }: { readonly apiKey: KeyDetails }) {
  const { permissions, grants, role } = apiKey;
  const meaningOf = useMeanings();
  const can = useCan();
  const beyond = useBeyond(apiKey);
  return (
    <Card title="Effective permissions" padded={permissions.length === 0}>
      {permissions.length === 0 ? (
        <p className="text-soft">None. The key only works where no permission is required.</p>
      ) : (
        <ul className="divide-y divide-line">
          {permissions.map((permission) => (
            <li
              key={permission}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-2.5"
            >
              <div className="min-w-0">
                <div className="font-mono text-[0.8125rem] break-all">{permission}</div>
                <div className="text-[0.8125rem] text-soft">{meaningOf(permission)}</div>
              </div>
              <div className="flex flex-wrap gap-1.5">
                {role?.permissions.includes(permission) && <Badge>Role {roleName(role.name)}</Badge>}
                {grants.includes(permission) && <Badge>Granted directly</Badge>}
              </div>
            </li>
          ))}
        </ul>
      )}
      {can('api.key.update') && beyond.length > 0 && apiKey.status !== 'REVOKED' && (
        <p className="border-t border-line px-4 py-3 text-[0.8125rem] text-soft">
          You can’t change or rotate this key, because it has permissions that you don’t have:{' '}
          {beyond.join(', ')}.
        </p>
      )}
    </Card>
  );
}

function useMeanings(): (permission: string) => ReactNode {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const [{ data }] = useDocument(
    PermissionMeaningsDocument,
    { organizationId },
    { pause: !can('organization.view'), requestPolicy: 'cache-first' },
  );
  const catalog = data?.organization?.permissionCatalog ?? [];
  return (permission) => {
    if (permission === '*') return 'Everything';
    if (permission.endsWith('.*')) {
      const below = catalog.filter(({ name }) => covers([permission], name)).map(({ name }) => name);
      return below.length > 0 ? `All permissions under it: ${below.join(', ')}` : 'All permissions under it';
    }
    return catalog.find(({ name }) => name === permission)?.description;
  };
}
