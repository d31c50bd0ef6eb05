import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { Fault } from '../../../api/fault.ts';
import { AlertDialog } from '../../../design/primitives/dialog.tsx';
import { FormFault, TextAreaField, TextField } from '../../../design/primitives/field.tsx';
import type { PropagationFactsFragment } from '../../../generated/graphql.ts';
import { PropagationShown } from './propagation.tsx';

/**
 * Asks for a reason and a typed phrase, revokes, then shows the nodes that confirmed the revocation. `children` show
 * the usage.
 */
export function RevocationDialog({
  question,
  phrase,
  done,
  fault,
  busy,
  revoke,
  onClose,
  children,
}: {
  readonly question: {
    readonly title: string;
    readonly description: string;
    readonly cancel: string;
    readonly confirm: string;
  };
  /** The text to type. */
  readonly phrase: string;
  readonly done: { readonly title: string; readonly description: string };
  readonly fault: Fault | null;
  readonly busy: boolean;
  /** Resolves with null if nothing was revoked. */
  revoke(reason: string | null): Promise<{ readonly propagation: PropagationFactsFragment } | null>;
  onClose(revoked: boolean): void;
  readonly children: ReactNode;
}) {
  const form = useId();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [propagation, setPropagation] = useState<PropagationFactsFragment | null>(null);
  const isMeant = typed.trim() === phrase;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const revoked = isMeant ? await revoke(reason.trim() || null) : null;
    if (revoked) setPropagation(revoked.propagation);
  };
  if (propagation)
    return (
      <AlertDialog key="done" {...done} onClose={() => onClose(true)} cancel="Done" confirm={null}>
        <PropagationShown propagation={propagation} />
      </AlertDialog>
    );
  return (
    <AlertDialog
      {...question}
      onClose={() => onClose(false)}
      confirm={{ label: question.confirm, form, disabled: !isMeant, busy }}
    >
      {children}
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <TextAreaField
          label="Reason"
          optional
          hint="For the audit log"
          error={fault?.at('reason')}
          rows={2}
          maxLength={500}
          value={reason}
          onChange={setReason}
        />
        <TextField
          label={
            <>
              Type{' '}
              <span className="rounded bg-hover px-1.5 py-0.5 font-mono text-[0.8125rem] break-words">
                {phrase}
              </span>{' '}
              to confirm
            </>
          }
          spellCheck={false}
          value={typed}
          onChange={setTyped}
        />
        <FormFault fault={fault} fields={['reason']} />
      </form>
    </AlertDialog>
  );
}
