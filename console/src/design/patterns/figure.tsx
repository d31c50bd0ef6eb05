import type { ReactNode } from 'react';

/** Figures next to each other. `children`: `Figure`s. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(13rem,100%),1fr))] gap-3">{children}</dl>;
}

/** A number with what it counts and an explanation. A dash until it is known. */
export function Figure({
  name,
  value,
  note,
  live = false,
}: {
  readonly name: string;
  readonly value: number | null | undefined;
  readonly note?: ReactNode;
  /** Announces changes. */
  readonly live?: boolean;
}) {
  return (
    <div className="flex flex-col rounded-xl border border-line bg-card px-5 py-4 shadow-card">
      <dt className="text-small text-soft">{name}</dt>
      <dd>
        <span aria-live={live ? 'polite' : undefined} className="mt-1 block text-title tabular-nums">
          {value === undefined || value === null ? '–' : value.toLocaleString('en')}
        </span>
        {note && <span className="block text-xs text-soft">{note}</span>}
      </dd>
    </div>
  );
}
