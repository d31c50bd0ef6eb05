import { classNames } from '../../primitives/class-names.ts';
import { Swatch } from './legend.tsx';
import type { Series } from './points.ts';

/** Describes an interval next to the pointer, on the side with more space. */
export function ChartTooltip({
  title,
  soFar,
  series,
  values,
  x,
  y,
  width,
}: {
  readonly title: string;
  /** Whether the interval has not ended. */
  readonly soFar: boolean;
  readonly series: readonly Series[];
  readonly values: readonly number[];
  /** Position in the chart, pixels. */
  readonly x: number;
  readonly y: number;
  /** Width of the chart, pixels. */
  readonly width: number;
}) {
  const isLeft = x > width / 2;
  return (
    <div
      aria-hidden="true"
      data-tooltip=""
      className={classNames(
        'pointer-events-none absolute z-10 rounded-lg border border-line bg-raised px-3 py-2 text-small whitespace-nowrap shadow-raised',
        isLeft ? '-translate-x-full' : undefined,
      )}
      style={{ left: isLeft ? x - 12 : x + 12, top: Math.max(0, y - 24) }}
    >
      <p className="text-xs text-soft">
        {title}
        {soFar && ', so far'}
      </p>
      {series
        .map(({ name, tone }, index) => (
          <p key={name} className="mt-1 flex items-center gap-2 tabular-nums">
            <Swatch tone={tone} />
            <span className="font-medium">{(values[index] ?? 0).toLocaleString('en')}</span> {name}
          </p>
        ))
        .reverse()}
    </div>
  );
}
