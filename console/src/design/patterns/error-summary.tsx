import { CircleAlert } from 'lucide-react';
import type { Ref } from 'react';
import { counted } from '../primitives/counted.ts';
import { type FieldProblem, focusProblem } from '../primitives/field-problems.ts';

/** All errors of a form, above its fields: a link to each field with one, and those that belong to no field. */
export function ErrorSummary({
  problems,
  messages,
  permissions = [],
  ref,
}: {
  /** Errors of fields, in page order. */
  readonly problems: readonly FieldProblem[];
  /** Errors of the whole form. */
  readonly messages: readonly string[];
  /** Permissions that the viewer lacks, if that was the reason. */
  readonly permissions?: readonly string[] | undefined;
  /** Receives the focus when there are several errors. */
  readonly ref?: Ref<HTMLDivElement>;
}) {
  const count = problems.length + messages.length;
  return (
    <div role="alert" className="empty:-mb-4">
      {count > 0 && (
        <div
          ref={ref}
          tabIndex={-1}
          className="flex gap-3 rounded-xl border border-danger bg-danger-soft px-4 py-3 text-danger outline-none"
        >
          <CircleAlert size={18} aria-hidden="true" className="mt-px shrink-0" />
          <div className="min-w-0">
            <p className="font-medium">
              {problems.length > 0 ? `${counted(count, 'error')} to correct` : 'This could not be saved'}
            </p>
            <ul className="mt-1 flex flex-col gap-1">
              {messages.map((message) => (
                <li key={message} className="break-words">
                  {message}
                </li>
              ))}
              {problems.map(({ id, label, message }) => (
                <li key={id} className="break-words">
                  <a
                    href={`#${id}`}
                    onClick={(event) => {
                      event.preventDefault();
                      focusProblem(id);
                    }}
                    className="underline underline-offset-2 hover:no-underline"
                  >
                    {label ? `${label}: ${message}` : message}
                  </a>
                </li>
              ))}
            </ul>
            {permissions.length > 0 && (
              <p className="mt-1 font-mono text-xs break-words">{permissions.join(', ')}</p>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
