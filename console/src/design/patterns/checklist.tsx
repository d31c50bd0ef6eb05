import { Check, ChevronDown, X } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { IconButton } from '../primitives/button.tsx';
import { classNames } from '../primitives/class-names.ts';
import { Card } from './page.tsx';

/** A step of a checklist. */
export interface ChecklistStep {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
  /** How to do it. */
  readonly content: ReactNode;
}

/** Steps that are ticked as they are done. The first one that is not done is open; others open on request. */
export function Checklist({
  title,
  steps,
  onDismiss,
}: {
  readonly title: string;
  readonly steps: readonly ChecklistStep[];
  onDismiss(): void;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const next = steps.find(({ done }) => !done)?.id ?? null;
  const open = chosen ?? next;
  const done = steps.filter((step) => step.done).length;
  return (
    <Card
      title={title}
      padded={false}
      actions={
        <span className="flex items-center gap-2">
          <span role="status" className="text-small text-soft tabular-nums">
            {done === steps.length ? 'All steps are done' : `${done} of ${steps.length} done`}
          </span>
          <IconButton label="Dismiss the checklist" className="size-8" onClick={onDismiss}>
            <X size={16} aria-hidden="true" />
          </IconButton>
        </span>
      }
    >
      <ol className="divide-y divide-line">
        {steps.map((step) => (
          <Step
            key={step.id}
            step={step}
            isOpen={open === step.id}
            // A closed step stays closed until the next one is due.
            toggle={() => setChosen(open === step.id ? (step.id === next ? '' : null) : step.id)}
          />
        ))}
      </ol>
    </Card>
  );
}

function Step({
  step: { id, title, done, content },
  isOpen,
  toggle,
}: {
  readonly step: ChecklistStep;
  readonly isOpen: boolean;
  toggle(): void;
}) {
  const body = useId();
  return (
    <li data-step={id} data-done={done}>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={body}
        onClick={toggle}
        className="flex w-full items-center gap-3 px-4 py-3 text-left font-medium hover:bg-hover"
      >
        <span
          aria-hidden="true"
          className={classNames(
            'flex size-5 shrink-0 items-center justify-center rounded-full',
            done ? 'bg-good text-card' : 'border-2 border-line-strong',
          )}
        >
          {done && <Check size={13} strokeWidth={3} className="animate-appear" />}
        </span>
        <span className={classNames('grow', done && 'text-soft')}>
          {title}
          <span className="sr-only">{done ? ', done' : ', to do'}</span>
        </span>
        <ChevronDown
          size={16}
          aria-hidden="true"
          className={classNames('shrink-0 text-soft transition-transform', isOpen && 'rotate-180')}
        />
      </button>
      <div id={body} hidden={!isOpen} className="pr-4 pb-4 pl-12">
        {isOpen && content}
      </div>
    </li>
  );
}
