import { type ReactNode, useId } from 'react';
import { useDocument } from '../../../api/use-document.ts';
import { Card } from '../../../design/patterns/page.tsx';
import { Badge } from '../../../design/primitives/badge.tsx';
import { PermissionMeaningsDocument } from '../../../generated/graphql.ts';
import { useBeyond, useCan, useOrganization } from '../../../viewer/organization.tsx';
import { covers } from '../../../viewer/permissions.ts';
import { roleName } from '../../roles/role-name.ts';
import type { KeyDetails } from './key-facts.tsx';

/** A key's effective permissions and what each allows, grouped by where they come from. */
export function PermissionsCard({ apiKey }: { readonly apiKey: KeyDetails }) {
  const { permissions, grants, role } = apiKey;
  const can = useCan();
  const beyond = useBeyond(apiKey);
  const fromRole = role ? permissions.filter((permission) => role.permissions.includes(permission)) : [];
  const direct = permissions.filter((permission) => !fromRole.includes(permission));
  return (
    <Card title="Effective permissions" padded={permissions.length === 0}>
      {permissions.length === 0 && (
        <p className="text-soft">None. The key only works where no permission is required.</p>
      )}
      {role && fromRole.length > 0 && (
        <Group
          title={`From the role ${roleName(role.name)}`}
          permissions={fromRole}
          mark={(permission) => grants.includes(permission) && <Badge>Also granted directly</Badge>}
        />
      )}
      {direct.length > 0 && <Group title="Granted directly" permissions={direct} />}
      {can('api.key.update') && beyond.length > 0 && apiKey.status !== 'REVOKED' && (
        <p className="border-t border-line px-4 py-3 text-[0.8125rem] text-soft">
          You can’t change or rotate this key, because it has permissions that you don’t have:{' '}
          {beyond.join(', ')}.
        </p>
      )}
    </Card>
  );
}

function Group({
  title,
  permissions,
  mark,
}: {
  readonly title: string;
  readonly permissions: readonly string[];
  mark?(permission: string): ReactNode;
}) {
  const meaningOf = useMeanings();
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-line not-first:border-t">
      <h3 id={id} className="px-4 pt-3 pb-1 text-xs font-medium text-soft">
        {title}
      </h3>
      <ul>
        {permissions.map((permission) => (
          <li
            key={permission}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-1.5 last:pb-3"
          >
            <div className="min-w-0">
              <div className="font-mono text-small break-all">{permission}</div>
              <div className="text-small text-soft">{meaningOf(permission)}</div>
            </div>
            {mark?.(permission)}
          </li>
        ))}
      </ul>
    </section>
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
