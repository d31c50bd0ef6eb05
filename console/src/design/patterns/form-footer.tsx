import { CloudOff } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from '../primitives/button.tsx';
import { classNames } from '../primitives/class-names.ts';

/**
 * The end of a long form, which stays in view: what submitting it does, in plain words, and the buttons. `--footer-height`
 * keeps the focused field and the toasts clear of it.
 */
export function FormFooter({
  summary,
  submit,
  busy,
  disabled = false,
  offline = false,
  cancel,
  className,
}: {
  readonly summary: ReactNode;
  /** The label of the submit button. */
  readonly submit: string;
  readonly busy: boolean;
  readonly disabled?: boolean;
  /** The server can't be reached at the moment. */
  readonly offline?: boolean;
  /** A link or a button that leaves the form as it was. */
  readonly cancel?: ReactNode;
  /** The width of the form's fields. */
  readonly className?: string | undefined;
}) {
  const id = useId();
  const footer = useRef<HTMLElement>(null);
  useEffect(() => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      style.setProperty('--footer-height', `${Math.round(height)}px`);
    });
    if (footer.current) observer.observe(footer.current);
    return () => {
      observer.disconnect();
      style.removeProperty('--footer-height');
    };
  }, []);
  return (
    <footer
      ref={footer}
      className="-mx-4 mt-2 -mb-16 border-t border-line bg-page px-4 py-3 tall:sticky tall:bottom-0 tall:z-20 sm:-mx-8 sm:px-8 lg:-mx-10 lg:px-10"
    >
      <div className={classNames('flex flex-wrap items-center justify-end gap-x-6 gap-y-2.5', className)}>
        <div className="min-w-0 grow basis-80">
          <div role="status">
            {offline && (
              <p className="mb-1 flex items-center gap-2 font-medium text-warn">
                <CloudOff size={16} aria-hidden="true" className="shrink-0" />
                The server can’t be reached. What you typed is kept here.
              </p>
            )}
          </div>
          <div id={id} className="break-words text-soft max-sm:text-small">
            {summary}
          </div>
        </div>
        <div className="flex shrink-0 flex-wrap justify-end gap-2">
          {cancel}
          <Button type="submit" look="primary" busy={busy} disabled={disabled} aria-describedby={id}>
            {submit}
          </Button>
        </div>
      </div>
    </footer>
  );
}
