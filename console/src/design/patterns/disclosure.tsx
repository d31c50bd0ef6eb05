import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Badge } from '../primitives/badge.tsx';
import { classNames } from '../primitives/class-names.ts';
import { counted } from '../primitives/counted.ts';
import { FieldProblems, useProblems } from '../primitives/field-problems.ts';

const LOOKS = {
  card: {
    frame: 'rounded-xl bg-card shadow-card',
    button: 'px-4 py-3.5',
    content: 'p-4',
    title: 'text-heading',
  },
  inset: { frame: 'rounded-lg', button: 'px-3 py-2.5', content: 'px-3 py-4 sm:px-4', title: 'font-medium' },
} as const;

/**
 * A part of a form that is folded until it is needed. It opens by itself when one of its fields has an error, and
 * says so. Its content stays in the document, so that nothing typed is lost.
 */
export function Disclosure({
  title,
  summary,
  note,
  look = 'inset',
  startsOpen = false,
  children,
}: {
  readonly title: string;
  /** What it contains. */
  readonly summary: string;
  /** What is set in it, if anything. Shown next to the title. */
  readonly note?: string | null | undefined;
  /** `card`: a section of the form of its own. `inset`: a part of a section. */
  readonly look?: keyof typeof LOOKS;
  /** For values that differ from the defaults, which must not be hidden. */
  readonly startsOpen?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  const [isOpen, setOpen] = useState(startsOpen);
  const { problems, report } = useProblems();
  const [known, setKnown] = useState(0);
  // While rendering, so that a field is visible before it gets the focus.
  if (problems.length !== known) {
    setKnown(problems.length);
    if (problems.length > known) setOpen(true);
  }
  const looks = LOOKS[look];
  return (
    <div className={classNames('min-w-0 border border-line', looks.frame)}>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-describedby={`${id}-summary`}
        // Errors are never hidden.
        onClick={() => setOpen(!isOpen || problems.length > 0)}
        className={classNames(
          'flex w-full items-center gap-2.5 rounded-[inherit] text-left transition-colors hover:bg-hover',
          looks.button,
        )}
      >
        <ChevronRight
          size={16}
          aria-hidden="true"
          className={classNames('shrink-0 text-soft transition-transform', isOpen && 'rotate-90')}
        />
        <span className="min-w-0 grow">
          <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className={looks.title}>{title}</span>
            {note && <Badge>{note}</Badge>}
            {problems.length > 0 && <Badge tone="danger">{counted(problems.length, 'error')}</Badge>}
          </span>
          <span id={`${id}-summary`} className="block text-small text-soft">
            {summary}
          </span>
        </span>
      </button>
      <span role="status" className="sr-only">
        {problems.length > 0 && `${title} is open: ${counted(problems.length, 'error')}`}
      </span>
      <div id={id} hidden={!isOpen} className={classNames('border-t border-line', looks.content)}>
        <FieldProblems value={report}>{children}</FieldProblems>
      </div>
    </div>
  );
}
