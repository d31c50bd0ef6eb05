import { Ellipsis } from 'lucide-react';
import { type Column, RowTitle } from '../../design/patterns/table.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { IconButton } from '../../design/primitives/button.tsx';
import { Menu, MenuItem } from '../../design/primitives/menu.tsx';
import { DateText } from '../../design/primitives/time.tsx';
import type { MemberFactsFragment } from '../../generated/graphql.ts';
import { roleName } from '../roles/role-name.ts';
import { personName } from './member-list.ts';

/** Actions on a member. `renew`: creates another invitation link. */
export type MemberAction = 'change' | 'renew' | 'remove';

interface Options {
  readonly viewerId: string;
  actionsFor(member: MemberFactsFragment): readonly MemberAction[];
  onAction(action: MemberAction, member: MemberFactsFragment): void;
}

/** The columns of the list of members. */
export function memberColumns({
  viewerId,
  actionsFor,
  onAction,
}: Options): readonly Column<MemberFactsFragment>[] {
  return [
    {
      id: 'person',
      header: 'Person',
      cell: (member) => <Person member={member} isViewer={member.user?.id === viewerId} />,
    },
    {
      id: 'role',
      header: 'Role',
      className: 'w-40',
      card: 'labelled',
      cell: ({ role }) => <span className="block truncate">{roleName(role.name)}</span>,
    },
    {
      id: 'teams',
      header: 'Teams',
      className: 'w-48',
      from: 'medium',
      card: 'labelled',
      cell: ({ teams }) => <TeamNames names={teams.map(({ name }) => name)} />,
    },
    {
      id: 'joined',
      header: 'Joined',
      className: 'w-36',
      card: 'bare',
      cell: ({ joinedAt }) =>
        joinedAt ? (
          <span>
            <span className="text-soft @2xl:hidden">Joined </span>
            <DateText at={joinedAt} />
          </span>
        ) : (
          <Badge tone="warn">Invited</Badge>
        ),
    },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      className: 'w-14 text-right',
      card: 'corner',
      cell: (member) => (
        <MemberMenu
          member={member}
          actions={actionsFor(member)}
          onAction={(action) => onAction(action, member)}
        />
      ),
    },
  ];
}

function Person({
  member: { email, name },
  isViewer,
}: {
  readonly member: MemberFactsFragment;
  readonly isViewer: boolean;
}) {
  return (
    <div className="flex min-w-0 flex-col">
      <span className="flex min-w-0 items-center gap-2">
        <RowTitle>{personName({ email, name })}</RowTitle>
        {isViewer && <Badge>You</Badge>}
      </span>
      <span className="truncate text-xs leading-4 text-soft" title={email}>
        {name && email}
      </span>
    </div>
  );
}

function TeamNames({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <span className="text-soft">None</span>;
  const text = names.join(', ');
  return (
    <span className="block truncate" title={text}>
      {text}
    </span>
  );
}

function MemberMenu({
  member,
  actions,
  onAction,
}: {
  readonly member: MemberFactsFragment;
  readonly actions: readonly MemberAction[];
  onAction(action: MemberAction): void;
}) {
  if (actions.length === 0) return null;
  const words: Readonly<Record<MemberAction, string>> = {
    change: 'Change role and teams',
    renew: 'Create a new invitation link',
    remove: member.joinedAt ? 'Remove from the organization' : 'Withdraw the invitation',
  };
  return (
    <Menu
      trigger={
        <IconButton label={`Actions for ${member.email}`} className="size-8">
          <Ellipsis size={18} aria-hidden="true" />
        </IconButton>
      }
    >
      {actions.map((action) => (
        <MenuItem key={action} danger={action === 'remove'} onSelect={() => onAction(action)}>
          {words[action]}
        </MenuItem>
      ))}
    </Menu>
  );
}
