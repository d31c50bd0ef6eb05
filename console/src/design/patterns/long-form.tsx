import { type ComponentProps, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Fault } from '../../api/fault.ts';
import { classNames } from '../primitives/class-names.ts';
import { FieldProblems, focusProblem, inPageOrder, useProblems } from '../primitives/field-problems.ts';
import { ErrorSummary } from './error-summary.tsx';
import { FormFooter } from './form-footer.tsx';
import { type LeaveQuestion, useLeaveGuard } from './leave-guard.tsx';

/** Lines of text that are comfortable to read. */
const NARROW = 'max-w-4xl';

/** What leaving any long form with unsaved changes asks. */
const UNSAVED: LeaveQuestion = {
  title: 'Leave without saving?',
  text: 'What you typed here will be lost.',
  leave: 'Leave',
  stay: 'Stay here',
};

/**
 * The frame of all long forms. Above the fields, it lists the errors once the form was submitted; below them, the footer
 * with what submitting does. Enter submits, in several lines of text together with Ctrl or ⌘. Leaving with unsaved
 * changes asks.
 */
export function LongForm({
  fault,
  fields,
  unsaved,
  aside,
  onSubmit,
  children,
  ...footer
}: Omit<ComponentProps<typeof FormFooter>, 'className'> & {
  /** Why the last submission failed. */
  readonly fault: Fault | null;
  /** Names of the input's fields that show their own errors. */
  readonly fields: readonly string[];
  /** Whether leaving would lose something. */
  readonly unsaved: boolean;
  /** Shown next to the fields where there is room, and below them elsewhere. */
  readonly aside?: ReactNode;
  /** `saved` turns off the question of unsaved changes, before the form navigates. */
  onSubmit(saved: () => void): void;
  readonly children: ReactNode;
}) {
  const { problems, report } = useProblems();
  const [attempts, setAttempts] = useState(0);
  const summary = useRef<HTMLDivElement>(null);
  // Between a submission and its first errors.
  const isWaiting = useRef(false);
  const saved = useLeaveGuard(unsaved ? UNSAVED : null);
  const messages = fault?.besides(fields) ?? [];
  useEffect(() => {
    if (!isWaiting.current || footer.busy || problems.length + messages.length === 0) return;
    isWaiting.current = false;
    const [first] = problems;
    if (first && problems.length === 1 && messages.length === 0) focusProblem(first.id);
    else summary.current?.focus();
  });
  return (
    <form
      noValidate
      tabIndex={-1}
      className="flex min-w-0 flex-col gap-4 outline-none"
      onKeyDown={submitByKeyboard}
      onInput={() => {
        isWaiting.current = false;
      }}
      onSubmit={(event) => {
        event.preventDefault();
        setAttempts(attempts + 1);
        isWaiting.current = true;
        onSubmit(saved);
      }}
    >
      <div className={classNames('flex min-w-0 flex-col gap-4', !aside && NARROW)}>
        <ErrorSummary
          ref={summary}
          problems={attempts > 0 ? inPageOrder(problems) : []}
          messages={messages}
          permissions={messages.length > 0 ? fault?.permissions : []}
        />
        <FieldProblems value={report}>
          {aside ? (
            <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem] xl:gap-6">
              <div className="flex min-w-0 flex-col gap-4">{children}</div>
              <div className="min-w-0 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-3rem-var(--footer-height,0px))] xl:overflow-y-auto">
                {aside}
              </div>
            </div>
          ) : (
            children
          )}
        </FieldProblems>
      </div>
      <FormFooter {...footer} className={aside ? undefined : NARROW} />
    </form>
  );
}

function submitByKeyboard(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
