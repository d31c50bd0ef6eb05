import { type ComponentProps, type ReactNode, useId } from 'react';
import type { Fault } from '../../api/fault.ts';
import { useFieldProblem } from './field-problems.ts';
import { Checkbox, Input, TextArea } from './input.tsx';

/** Props that a field passes to its input: id and description. */
export interface FieldProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

interface Labels {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** Its error: `fault?.at('name')`. */
  readonly error?: string | null | undefined;
  readonly optional?: boolean | undefined;
}

/** A label, an input, a hint and the API's error. `children` gets the ids that connect them. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  children,
}: Labels & { children(props: FieldProps): ReactNode }) {
  const id = useId();
  useFieldProblem(id, typeof label === 'string' ? label : '', error);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
        {optional && <span className="font-normal text-soft"> (optional)</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-small text-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-small font-medium text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

type TextProps<Element extends 'input' | 'textarea'> = Labels &
  Omit<ComponentProps<Element>, 'onChange' | 'children'> & { onChange(text: string): void };

/** A field with a line of text. */
export function TextField({ label, hint, error, optional, onChange, ...rest }: TextProps<'input'>) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(props) => (
        <Input autoComplete="off" {...rest} {...props} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

/** A field with several lines of text. */
export function TextAreaField({ label, hint, error, optional, onChange, ...rest }: TextProps<'textarea'>) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(props) => <TextArea {...rest} {...props} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

/** A checkbox with its label. */
export function Choice({
  label,
  hint,
  checked,
  disabled,
  onChange,
}: {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  onChange(checked: boolean): void;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5"
      />
      <div className="min-w-0">
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="text-small text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** The error of a fieldset with more than one input. `label` names the fieldset in the form's list of errors. */
export function GroupError({
  label,
  text,
}: {
  readonly label: string;
  readonly text: string | null | undefined;
}) {
  const id = useId();
  useFieldProblem(id, label, text);
  if (!text) return null;
  return (
    <p id={id} data-group-error className="mt-2 text-small font-medium break-words text-danger">
      {text}
    </p>
  );
}

/** Errors that none of the form's `fields` shows. Announced when it appears. */
export function FormFault({
  fault,
  fields = [],
}: {
  readonly fault: Fault | null;
  readonly fields?: readonly string[];
}) {
  const messages = fault?.besides(fields) ?? [];
  return (
    <div role="alert">
      {messages.length > 0 && (
        <div className="rounded-lg bg-danger-soft px-3 py-2 text-danger">
          {messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
          {fault && fault.permissions.length > 0 && (
            <p className="mt-1 font-mono text-xs break-words">{fault.permissions.join(', ')}</p>
          )}
        </div>
      )}
    </div>
  );
}
