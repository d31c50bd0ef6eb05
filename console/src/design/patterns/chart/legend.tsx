import type { SeriesTone } from '../../primitives/series-tone.ts';
import type { ChartPoint, Series } from './points.ts';

const SWATCHES: Readonly<Record<SeriesTone, string>> = {
  chart: 'bg-chart',
  danger: 'bg-danger',
  muted: 'bg-line-strong',
};

/** The color of a series. */
export function Swatch({ tone }: { readonly tone: SeriesTone }) {
  return <span aria-hidden="true" className={`size-2.5 shrink-0 rounded-sm ${SWATCHES[tone]}`} />;
}

/** The series with their sums. */
export function Legend({
  series,
  points,
}: {
  readonly series: readonly Series[];
  readonly points: readonly ChartPoint[];
}) {
  return (
    <figcaption className="flex flex-wrap gap-x-5 gap-y-1 text-small tabular-nums">
      {series.map(({ name, tone }, index) => (
        <span key={name} className="flex items-center gap-1.5">
          <Swatch tone={tone} />
          {points.reduce((sum, { values }) => sum + (values[index] ?? 0), 0).toLocaleString('en')} {name}
        </span>
      ))}
    </figcaption>
  );
}
