import { useSubmit } from '../../api/use-submit.ts';
import { useToast } from '../../design/patterns/toasts.tsx';
import { AlertDialog } from '../../design/primitives/dialog.tsx';
import { FormFault } from '../../design/primitives/field.tsx';
import { type MemberFactsFragment, RemoveMemberDocument } from '../../generated/graphql.ts';
import { useSession, useViewer } from '../../viewer/session.tsx';
import { personName } from './member-list.ts';

/** Asks before a member is removed, or an invitation withdrawn. */
export function RemoveDialog({
  member: { id, email, name, user, joinedAt },
  onClose,
}: {
  readonly member: MemberFactsFragment;
  onClose(): void;
}) {
  const toast = useToast();
  const { refresh } = useSession();
  const isViewer = useViewer().id === user?.id;
  const { submit, busy, fault } = useSubmit(RemoveMemberDocument, (data) => data.removeMember);
  const called = personName({ email, name });
  const remove = async () => {
    if (!(await submit({ input: { id } }))) return;
    toast({ text: joinedAt ? `${called} removed` : `Invitation of ${called} withdrawn` });
    onClose();
    if (isViewer) await refresh();
  };
  return (
    <AlertDialog
      title={joinedAt ? `Remove ${called}?` : `Withdraw the invitation of ${called}?`}
      description={
        joinedAt ? (
          <>
            <p>
              {isViewer ? 'You lose' : `${email} loses`} access to this organization immediately, on every
              device. Keys that {isViewer ? 'you' : 'the member'} created stay valid.
            </p>
            {isViewer && <p className="mt-2 font-medium text-danger">This is you.</p>}
          </>
        ) : (
          <p>The link for {email} no longer works.</p>
        )
      }
      onClose={onClose}
      confirm={{ label: joinedAt ? 'Remove' : 'Withdraw', busy, run: remove }}
    >
      <FormFault fault={fault} />
    </AlertDialog>
  );
}
