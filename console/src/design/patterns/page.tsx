import { ArrowLeft, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { faultWords } from '../../api/fault.ts';
import { Button } from '../primitives/button.tsx';
import { classNames } from '../primitives/class-names.ts';
import { useDocumentTitle } from './document-title.ts';

/** The frame of a view: title (also of the document), actions and content. */
export function Page({
  title,
  heading,
  description,
  actions,
  children,
}: {
  readonly title: string;
  /** Replaces the title if it is more than text. */
  readonly heading?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  useDocumentTitle(title);
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-title break-words">{heading ?? title}</h1>
          {description && <div className="mt-1 max-w-prose text-soft">{description}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** The link above a view to its parent view. */
export function BackLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link href={to} className="inline-flex w-fit max-w-full items-center gap-1.5 text-soft hover:text-text">
      <ArrowLeft size={16} className="shrink-0" aria-hidden="true" />
      <span className="truncate">{children}</span>
    </Link>
  );
}

/** A card. */
export function Card({
  title,
  actions,
  padded = true,
  className,
  children,
}: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly padded?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className={classNames('min-w-0 rounded-xl border border-line bg-card shadow-card', className)}>
      {title && (
        <header
          className={classNames(
            'flex min-h-12 flex-wrap items-center justify-between gap-2',
            padded ? 'px-4 pt-2.5' : 'border-b border-line px-4 py-2',
          )}
        >
          <h2 className="text-heading">{title}</h2>
          {actions}
        </header>
      )}
      <div className={padded ? classNames('px-4 pb-4', title ? 'pt-2' : 'pt-4') : undefined}>{children}</div>
    </section>
  );
}

/** Empty state of a list: what it will contain, and the first step. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <span className="flex size-11 items-center justify-center rounded-xl border border-line bg-raised text-soft shadow-card">
        <Icon size={20} aria-hidden="true" />
      </span>
      <h2 className="text-heading">{title}</h2>
      {children && <div className="w-full max-w-md text-soft">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** An error while loading, and the button that calls `retry`. */
export function LoadFault({
  message,
  retry,
  retryLabel = 'Try again',
}: {
  readonly message: string;
  retry(): void;
  readonly retryLabel?: string;
}) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <h2 className="text-heading">This could not be loaded</h2>
      <p className="w-full max-w-md break-words text-soft">{faultWords(message)}</p>
      <Button onClick={() => retry()}>{retryLabel}</Button>
    </div>
  );
}

/** A placeholder for text that is loading. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span className={classNames('block h-4 animate-breathe rounded bg-line', className)} />;
}

/** Placeholder rows, announced once to screen readers. */
export function SkeletonRows({ count = 8 }: { readonly count?: number | undefined }) {
  return (
    <div role="status" className="flex flex-col">
      <span className="sr-only">Loading…</span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all rows are the same.
        <div key={index} className="flex h-12 items-center gap-6 border-b border-line px-4 last:border-0">
          <Skeleton className="w-40" />
          <Skeleton className="hidden w-28 sm:block" />
          <Skeleton className="ml-auto w-20" />
        </div>
      ))}
    </div>
  );
}

/** Names with their values, in rows. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,max-content)_minmax(0,1fr)] gap-x-6 gap-y-2.5">
      {children}
    </dl>
  );
}

/** One name with its value. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
