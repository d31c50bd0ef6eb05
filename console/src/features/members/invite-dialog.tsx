import { useState } from 'react';
import { useSubmitOnce } from '../../api/use-submit.ts';
import { Dialog, DialogForm } from '../../design/primitives/dialog.tsx';
import { FormFault, TextField } from '../../design/primitives/field.tsx';
import { InviteMemberDocument, type MemberFactsFragment } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { type RoleAndTeams, RoleAndTeamsFields, roleFault } from './role-and-teams.tsx';

interface Invitation extends RoleAndTeams {
  readonly email: string;
  readonly name: string;
}

/** Invites a person, or one who has not joined yet again (`again`), then shows the link once. */
export function InviteDialog({ again, onClose }: { readonly again?: MemberFactsFragment; onClose(): void }) {
  const [invitation, setInvitation] = useState<Invitation>({
    email: again?.email ?? '',
    name: again?.name ?? '',
    roleId: again?.role.id ?? '',
    teamIds: again?.teams.map(({ id }) => id) ?? [],
  });
  const [link, setLink] = useState<string | null>(null);
  if (link !== null) return <InvitationLink link={link} email={invitation.email} onClose={onClose} />;
  return (
    <InviteForm
      invitation={invitation}
      isAgain={again !== undefined}
      onChange={setInvitation}
      onInvited={setLink}
      onClose={onClose}
    />
  );
}

function InviteForm({
  invitation,
  isAgain,
  onChange,
  onInvited,
  onClose,
}: {
  readonly invitation: Invitation;
  readonly isAgain: boolean;
  onChange(invitation: Invitation): void;
  onInvited(link: string): void;
  onClose(): void;
}) {
  const { id: organizationId, api } = useOrganization();
  const { submit: send, busy, fault } = useSubmitOnce(InviteMemberDocument, (data) => data.inviteMember);
  const { email, name, roleId, teamIds } = invitation;
  const fields = ['email', 'name', 'roleId', 'teamIds'];
  const submit = async () => {
    const input = { organizationId, email, name: name.trim() || null, roleId, teamIds: [...teamIds] };
    const invited = await send({ input });
    if (!invited) return;
    onInvited(invited.signInUrl);
    api.reload();
  };
  const taken = fault?.code === 'CONFLICT' ? fault.message : null;
  const besides = taken || roleFault(fault) ? null : fault;
  return (
    <Dialog
      title={isAgain ? 'Create a new invitation link' : 'Invite member'}
      description={
        isAgain
          ? 'The previous link no longer works.'
          : 'You get a link to send to the new member. It works once, within 7 days.'
      }
      onClose={onClose}
    >
      <DialogForm
        label={isAgain ? 'Create link' : 'Invite'}
        busy={busy}
        disabled={roleId === '' || email.trim() === ''}
        onSubmit={submit}
        onCancel={onClose}
      >
        <TextField
          label="E-mail"
          error={fault?.at('email') ?? taken}
          type="email"
          maxLength={254}
          readOnly={isAgain}
          value={email}
          onChange={(email) => onChange({ ...invitation, email })}
        />
        {!isAgain && (
          <TextField
            label="Name"
            optional
            error={fault?.at('name')}
            maxLength={100}
            value={name}
            onChange={(name) => onChange({ ...invitation, name })}
          />
        )}
        <RoleAndTeamsFields
          value={invitation}
          fault={taken ? null : fault}
          onChange={(value) => onChange({ ...invitation, ...value })}
        />
        <FormFault fault={besides} fields={fields} />
      </DialogForm>
    </Dialog>
  );
}
