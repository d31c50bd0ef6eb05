import { useState } from 'react';
import { useLocation } from 'wouter';
import { useSubmit } from '../../api/use-submit.ts';
import { useAbandon } from '../../design/patterns/leave-guard.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { AlertDialog } from '../../design/primitives/dialog.tsx';
import { FormFault } from '../../design/primitives/field.tsx';
import { DeleteRoleDocument, type RoleFactsFragment } from '../../generated/graphql.ts';

/** Deletes a role after confirmation. While the role is in use, explains that instead. */
export function DeleteRole({ role }: { readonly role: RoleFactsFragment }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Delete</Button>
      {isOpen && <Question role={role} onClose={() => setOpen(false)} />}
    </>
  );
}

function Question({ role, onClose }: { readonly role: RoleFactsFragment; onClose(): void }) {
  const { id, name } = role;
  const [memberCount, apiKeyCount] = [role.memberCount ?? 0, role.apiKeyCount ?? 0];
  const [, navigate] = useLocation();
  const toast = useToast();
  const abandon = useAbandon();
  const { submit, busy, fault } = useSubmit(DeleteRoleDocument, (data) => data.deleteRole);
  const isUsed = memberCount + apiKeyCount > 0;
  const remove = async () => {
    if (!(await submit({ input: { id } }))) return;
    abandon();
    toast({ text: `Role ${name} deleted` });
    navigate('/roles');
  };
  return (
    <AlertDialog
      title={isUsed ? `The role ${name} is in use` : `Delete the role ${name}?`}
      description={
        isUsed ? (
          <p>
            {memberCount.toLocaleString('en')} {memberCount === 1 ? 'member has' : 'members have'} it, and{' '}
            {apiKeyCount.toLocaleString('en')} {apiKeyCount === 1 ? 'key' : 'keys'}. Give them another role
            first.
          </p>
        ) : (
          <p>No member or active key has it. Revoked keys lose it; the audit log keeps its permissions.</p>
        )
      }
      onClose={onClose}
      cancel={isUsed ? 'Close' : 'Cancel'}
      confirm={isUsed ? null : { label: 'Delete', busy, run: remove }}
    >
      <FormFault fault={fault} />
    </AlertDialog>
  );
}
