import { Boxes, Ellipsis, Plus } from 'lucide-react';
import { useState } from 'react';
import { useList } from '../../api/use-list.ts';
import { ListFrame } from '../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../design/patterns/page.tsx';
import { type Column, RowTitle, Table } from '../../design/patterns/table.tsx';
import { Button, IconButton } from '../../design/primitives/button.tsx';
import { total } from '../../design/primitives/counted.ts';
import { Menu, MenuItem } from '../../design/primitives/menu.tsx';
import { TeamsDocument, type TeamsQuery } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { DeleteTeamDialog } from './delete-team-dialog.tsx';
import { TeamDialog } from './team-dialog.tsx';

type Teams = NonNullable<NonNullable<TeamsQuery['organization']>['teams']>;
type TeamRow = Teams['nodes'][number];
type Action = 'rename' | 'delete';
type Open = { readonly what: 'create' } | { readonly what: Action; readonly team: TeamRow } | null;

/** The organization's teams, with their numbers of members and keys. */
export function TeamsView() {
  const { id } = useOrganization();
  const can = useCan();
  const [open, setOpen] = useState<Open>(null);
  const [members, keys] = [can('member.view'), can('api.key.view')];
  const teams = useList(`${id} ${members} ${keys}`, () => ({
    document: TeamsDocument,
    variables: (after: string | null) => ({ organizationId: id, members, keys, after }),
    pageOf: ({ organization }) => organization?.teams,
  }));
  const mayManage = can('team.manage');
  const close = () => setOpen(null);
  const create = mayManage && (
    <Button look="primary" onClick={() => setOpen({ what: 'create' })}>
      <Plus size={16} aria-hidden="true" />
      Create team
    </Button>
  );
  const columns = columnsFor({
    members,
    keys,
    onAction: mayManage ? (what, team) => setOpen({ what, team }) : null,
  });
  return (
    <Page
      title="Teams"
      description="Parts of the organization that members and keys can be bound to. A key that is bound to teams works only for these teams."
      actions={create}
    >
      <Card padded={false} className="overflow-clip">
        <ListFrame
          list={teams}
          placeholders={3}
          empty={
            <EmptyState icon={Boxes} title="No teams yet" action={create}>
              {mayManage
                ? 'Create a team for each product or department that has its own keys, then bind keys and members to it.'
                : 'Members who can manage teams can create the first one.'}
            </EmptyState>
          }
        >
          <Table
            label="Teams"
            columns={columns}
            rows={teams.rows}
            totalCount={teams.totalCount}
            nameOf={({ name }) => name}
          />
        </ListFrame>
      </Card>
      {open?.what === 'create' && <TeamDialog team={null} onClose={close} />}
      {open?.what === 'rename' && <TeamDialog team={open.team} onClose={close} />}
      {open?.what === 'delete' && <DeleteTeamDialog team={open.team} onClose={close} />}
    </Page>
  );
}

function columnsFor({
  members,
  keys,
  onAction,
}: {
  readonly members: boolean;
  readonly keys: boolean;
  readonly onAction: ((action: Action, team: TeamRow) => void) | null;
}): readonly Column<TeamRow>[] {
  const figure = { className: 'w-28 text-right tabular-nums', card: 'labelled' } as const;
  const columns: Column<TeamRow>[] = [
    {
      id: 'name',
      header: 'Team',
      cell: ({ name }) => <RowTitle className="block">{name}</RowTitle>,
    },
  ];
  if (members)
    columns.push({
      id: 'people',
      header: 'Members',
      ...figure,
      cell: (team) => team.members && total(team.members.totalCount, team.members.totalCountIsExact),
    });
  if (keys)
    columns.push({
      id: 'keys',
      header: 'Keys',
      ...figure,
      cell: (team) => team.apiKeys && total(team.apiKeys.totalCount, team.apiKeys.totalCountIsExact),
    });
  if (onAction)
    columns.push({
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      className: 'w-16 text-right',
      card: 'corner',
      cell: (team) => (
        <Menu
          trigger={
            <IconButton label={`Actions for ${team.name}`} className="size-8">
              <Ellipsis size={18} aria-hidden="true" />
            </IconButton>
          }
        >
          <MenuItem onSelect={() => onAction('rename', team)}>Rename</MenuItem>
          <MenuItem danger onSelect={() => onAction('delete', team)}>
            Delete
          </MenuItem>
        </Menu>
      ),
    });
  return columns;
}
