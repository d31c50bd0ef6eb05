import { useState } from 'react';
import { useSubmit } from '../../api/use-submit.ts';
import { Dialog, DialogForm } from '../../design/primitives/dialog.tsx';
import { FormFault, TextField } from '../../design/primitives/field.tsx';
import { CreateTeamDocument, type TeamFactsFragment, UpdateTeamDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';

/** Creates or renames a team. */
export function TeamDialog({
  team,
  onClose,
}: {
  /** Null: a new one. */
  readonly team: TeamFactsFragment | null;
  onClose(): void;
}) {
  const { id: organizationId } = useOrganization();
  const create = useSubmit(CreateTeamDocument, (data) => data.createTeam);
  const rename = useSubmit(UpdateTeamDocument, (data) => data.updateTeam);
  const [name, setName] = useState(team?.name ?? '');
  const fault = create.fault ?? rename.fault;
  const taken = fault?.code === 'CONFLICT' ? fault.message : null;
  const submit = async () => {
    const done = team
      ? await rename.submit({ input: { id: team.id, name } })
      : await create.submit({ input: { organizationId, name } });
    if (done) onClose();
  };
  return (
    <Dialog title={team ? `Rename ${team.name}` : 'Create a team'} onClose={onClose}>
      <DialogForm
        label={team ? 'Rename' : 'Create'}
        busy={create.busy || rename.busy}
        disabled={name.trim() === '' || name.trim() === team?.name}
        onSubmit={submit}
        onCancel={onClose}
      >
        <TextField
          label="Name"
          error={fault?.at('name') ?? taken}
          maxLength={100}
          value={name}
          onChange={setName}
        />
        <FormFault fault={taken ? null : fault} fields={['name']} />
      </DialogForm>
    </Dialog>
  );
}
