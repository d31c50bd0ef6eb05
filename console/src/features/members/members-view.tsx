import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { ListFrame } from '../../design/patterns/list-frame.tsx';
import { Card, EmptyState, Page } from '../../design/patterns/page.tsx';
import { Table } from '../../design/patterns/table.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { total } from '../../design/primitives/counted.ts';
import type { MemberFactsFragment } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { missingOf } from '../../viewer/permissions.ts';
import { useViewer } from '../../viewer/session.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { type MemberAction, memberColumns } from './member-columns.tsx';
import { MemberDialog } from './member-dialog.tsx';
import { personName, useMembers } from './member-list.ts';
import { RemoveDialog } from './remove-dialog.tsx';

type Open =
  | { readonly what: 'invite' }
  | { readonly what: MemberAction; readonly member: MemberFactsFragment }
  | null;

/** Members of the organization with their roles and teams. */
export function MembersView() {
  const members = useMembers();
  const can = useCan();
  const { permissions } = useOrganization();
  const viewer = useViewer();
  const [open, setOpen] = useState<Open>(null);
  const mayManage = can('member.manage');
  const mayInvite = mayManage && can('role.view');
  const close = () => setOpen(null);
  const columns = memberColumns({
    viewerId: viewer.id,
    // Members with permissions that the viewer lacks can't be managed.
    actionsFor: (member) => {
      if (!mayManage || missingOf(permissions, member.role.permissions).length > 0) return [];
      const actions: MemberAction[] = can('role.view') ? ['change'] : [];
      if (!member.joinedAt && mayInvite) actions.push('renew');
      return [...actions, 'remove'];
    },
    onAction: (what, member) => setOpen({ what, member }),
  });
  const invite = mayInvite && (
    <Button look="primary" onClick={() => setOpen({ what: 'invite' })}>
      <UserPlus size={16} aria-hidden="true" />
      Invite member
    </Button>
  );
  const count = members.totalCount ?? members.rows.length;
  return (
    <Page
      title="Members"
      description={
        members.loading
          ? 'Loading…'
          : count === 1
            ? '1 member'
            : `${total(count, members.totalIsExact)} members, including invited ones`
      }
      actions={invite}
    >
      <Card padded={false} className="overflow-clip">
        <ListFrame list={members} placeholders={4}>
          <Table
            label="Members"
            columns={columns}
            rows={members.rows}
            totalCount={members.totalCount}
            totalIsExact={members.totalIsExact}
            nameOf={(member) => personName(member)}
          />
        </ListFrame>
        {mayInvite && members.rows.length === 1 && !members.hasMore && (
          <div className="border-t border-line">
            <EmptyState icon={Users} title="No other members yet" action={invite}>
              Invite the people who manage your keys. Each gets a role with permissions, and a one-time link
              to join.
            </EmptyState>
          </div>
        )}
      </Card>
      {open?.what === 'invite' && <InviteDialog onClose={close} />}
      {open?.what === 'renew' && <InviteDialog again={open.member} onClose={close} />}
      {open?.what === 'change' && <MemberDialog member={open.member} onClose={close} />}
      {open?.what === 'remove' && <RemoveDialog member={open.member} onClose={close} />}
    </Page>
  );
}
