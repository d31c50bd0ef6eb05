import { useState } from 'react';
import { useSubmit } from '../../api/use-submit.ts';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Dialog, DialogForm } from '../../design/primitives/dialog.tsx';
import { FormFault } from '../../design/primitives/field.tsx';
import { type MemberFactsFragment, UpdateMemberDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { useViewer } from '../../viewer/session.tsx';
import { personName } from './member-list.ts';
import { type RoleAndTeams, RoleAndTeamsFields, roleFault } from './role-and-teams.tsx';

/** Changes a member's role or teams, effective immediately. */
export function MemberDialog({ member, onClose }: { readonly member: MemberFactsFragment; onClose(): void }) {
  const { id, user, role, teams } = member;
  const toast = useToast();
  const { refreshPermissions } = useOrganization();
  const isViewer = useViewer().id === user?.id;
  const [value, setValue] = useState<RoleAndTeams>({
    roleId: role.id,
    teamIds: teams.map((team) => team.id),
  });
  const { submit: send, busy, fault } = useSubmit(UpdateMemberDocument, (data) => data.updateMember);
  const submit = async () => {
    const input = { id, roleId: value.roleId, teamIds: [...value.teamIds] };
    if (!(await send({ input }))) return;
    toast({ tone: 'good', text: `${personName(member)} saved` });
    if (isViewer) refreshPermissions();
    onClose();
  };
  return (
    <Dialog
      title={`Change ${personName(member)}`}
      description="Changes apply immediately, also to existing sessions."
      onClose={onClose}
    >
      <DialogForm label="Save" busy={busy} onSubmit={submit} onCancel={onClose}>
        {isViewer && (
          <p className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
            This is you: with another role you may not be able to change it back.
          </p>
        )}
        <RoleAndTeamsFields value={value} fault={fault} onChange={setValue} />
        <FormFault fault={roleFault(fault) ? null : fault} fields={['roleId', 'teamIds']} />
      </DialogForm>
    </Dialog>
  );
}
