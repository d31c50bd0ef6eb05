import { intervalText } from './axes.ts';
import type { ChartPoint, Series } from './points.ts';

/** The chart as a table, for screen readers only. */
export function ChartTable({
  label,
  series,
  points,
  length,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly points: readonly ChartPoint[];
  readonly length: number;
}) {
  const used = points.filter(({ values }) => values.some((value) => value > 0));
  if (used.length === 0) return null;
  return (
    <div className="sr-only">
      <table>
        <caption>{label}. Intervals without values are omitted.</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {used.map(({ start, values }) => (
            <tr key={start}>
              <th scope="row">{intervalText(start, length)}</th>
              {series.map(({ name }, index) => (
                <td key={name}>{values[index]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
