import { type FormEvent, useState } from 'react';
import type { Fault } from '../../../api/fault.ts';
import { Field, FormFault } from '../../../components/field.tsx';
import { Input, TextArea } from '../../../components/input.tsx';

/** The text typed to confirm. */
export interface Confirmation {
  readonly typed: string;
  readonly reason: string;
}

/** A typed confirmation, and whether it matches. */
export function useConfirmation(phrase: string) {
  const [input, setInput] = useState<Confirmation>({ typed: '', reason: '' });
  const isMeant = input.typed.trim() === phrase;
  const reason = input.reason.trim() || null;
  return { input, setInput, isMeant, reason };
}

/** Asks for a confirmation text and a reason. Its submit button is elsewhere and refers to it by `form`. */
export function ConfirmationForm({
  id,
  phrase,
  input,
  fault,
  onChange,
  onConfirmed,
}: {
  readonly id: string;
  /** The text to type. */
  readonly phrase: string;
  readonly input: Confirmation;
  readonly fault: Fault | null;
  onChange(input: Confirmation): void;
  onConfirmed(): void;
}) {
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    if (input.typed.trim() === phrase) onConfirmed();
  };
  return (
    <form id={id} onSubmit={confirm} className="flex flex-col gap-4">
      <Field label="Reason" optional hint="For the audit log" error={fault?.at('reason')}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            maxLength={500}
            value={input.reason}
            onChange={(event) => onChange({ ...input, reason: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={
          <>
            Type{' '}
            <span className="rounded bg-hover px-1.5 py-0.5 font-mono text-[0.8125rem] break-words">
              {phrase}
            </span>{' '}
            to confirm
          </>
        }
      >
        {(props) => (
          <Input
            {...props}
            autoComplete="off"
            spellCheck={false}
            value={input.typed}
            onChange={(event) => onChange({ ...input, typed: event.target.value })}
          />
        )}
      </Field>
      <FormFault fault={fault} fields={['reason']} />
    </form>
  );
}
