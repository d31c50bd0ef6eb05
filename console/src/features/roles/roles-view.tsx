import { Plus, ShieldCheck } from 'lucide-react';
import { ListFrame } from '../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../design/patterns/page.tsx';
import { type Column, RowTitle, Table } from '../../design/patterns/table.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import type { RoleFactsFragment } from '../../generated/graphql.ts';
import { useCan } from '../../viewer/organization.tsx';
import { useRoles } from './role-list.ts';
import { roleName } from './role-name.ts';

const FIGURE = { className: 'w-24 text-right tabular-nums', card: 'labelled' } as const;

const COLUMNS: readonly Column<RoleFactsFragment>[] = [
  {
    id: 'name',
    header: 'Role',
    cell: ({ id, name, description, system }) => (
      <div className="flex min-w-0 flex-col">
        <span className="flex min-w-0 items-center gap-2">
          <RowTitle to={`/roles/${id}`}>{roleName(name)}</RowTitle>
          {system && <Badge>Built in</Badge>}
        </span>
        {description && (
          <span className="truncate text-xs leading-4 text-soft" title={description}>
            {description}
          </span>
        )}
      </div>
    ),
  },
  {
    id: 'permissions',
    header: 'Permissions',
    className: 'w-64',
    from: 'medium',
    cell: ({ permissions }) => (
      <span className="block truncate font-mono text-[0.8125rem]" title={permissions.join(', ')}>
        {permissions.join(', ')}
      </span>
    ),
  },
  {
    id: 'people',
    header: 'Members',
    ...FIGURE,
    cell: ({ memberCount }) => memberCount?.toLocaleString('en'),
  },
  {
    id: 'keys',
    header: 'Keys',
    ...FIGURE,
    cell: ({ apiKeyCount }) => apiKeyCount?.toLocaleString('en'),
  },
];

/** The organization's roles, with their numbers of members and keys. */
export function RolesView() {
  const roles = useRoles();
  const can = useCan();
  const create = can('role.manage') && (
    <ButtonLink to="/roles/new" look="primary">
      <Plus size={16} aria-hidden="true" />
      Create role
    </ButtonLink>
  );
  const isBuiltInOnly = roles.rows.length > 0 && roles.rows.every(({ system }) => system);
  return (
    <Page
      title="Roles"
      description="A role is a set of permissions for members and keys. Changes of a role apply to all of them immediately."
      actions={create}
    >
      <Card padded={false} className="overflow-clip">
        <ListFrame list={roles} placeholders={3}>
          <Table label="Roles" columns={COLUMNS} rows={roles.rows} nameOf={({ name }) => name} />
        </ListFrame>
        {create && isBuiltInOnly && (
          <div className="border-t border-line">
            <EmptyState icon={ShieldCheck} title="No custom roles yet" action={create}>
              The three roles above are built in. Create a role if none of them fits, for example for keys
              that can only read invoices.
            </EmptyState>
          </div>
        )}
      </Card>
    </Page>
  );
}
