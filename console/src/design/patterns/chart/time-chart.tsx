import type { ReactNode } from 'react';
import { Bars } from '../../primitives/bars.tsx';
import { useNow } from '../../primitives/time.tsx';
import { type CountAxis, countAxis, countText, intervalText, timeAxis } from './axes.ts';
import { ChartTable } from './chart-table.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import { Legend } from './legend.tsx';
import type { ChartPoint, Series } from './points.ts';
import { usePointed } from './use-pointed.ts';
import { useWidth } from './use-width.ts';

const AXIS_BELOW = 26;
const AXIS_LEFT = 44;
const HEADROOM = 8;

/**
 * One or two counts over time as stacked bars. A tooltip next to the pointer describes the interval; the arrow keys
 * move through the intervals, and screen readers also get a table.
 */
export function TimeChart({
  label,
  series,
  points,
  length,
  height = 220,
  empty,
}: {
  /** Accessible name. */
  readonly label: string;
  /** From the bottom to the top. */
  readonly series: readonly Series[];
  /** Successive intervals, earliest first, with a value for each series. */
  readonly points: readonly ChartPoint[];
  /** Length of an interval, milliseconds. */
  readonly length: number;
  /** Height without the legend, pixels. */
  readonly height?: number;
  /** Shown instead of bars while all values are 0. */
  readonly empty: ReactNode;
}) {
  const { ref, width } = useWidth();
  const { pointed, handlers, pointerY } = usePointed(points.length, ref);
  const now = useNow();
  const inner = { width: Math.max(0, width - AXIS_LEFT), height: height - AXIS_BELOW - HEADROOM };
  const sums = points.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const axis = countAxis(Math.max(0, ...sums));
  const isEmpty = sums.every((sum) => sum === 0);
  const from = points[0]?.start ?? 0;
  const to = (points.at(-1)?.start ?? 0) + length;
  const step = inner.width / Math.max(1, points.length);
  const point = pointed === null ? undefined : points[pointed];
  const words = (one: ChartPoint) => {
    const values = series.map(
      ({ name }, index) => `${(one.values[index] ?? 0).toLocaleString('en')} ${name}`,
    );
    return `${intervalText(one.start, length)}: ${values.join(', ')}`;
  };
  const current = point ?? points.at(-1);
  return (
    <figure className="flex min-w-0 flex-col gap-3">
      <Legend series={series} points={points} />
      <div
        ref={ref}
        className="relative min-w-0 touch-pan-y rounded-lg"
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={Math.max(1, points.length)}
        aria-valuenow={pointed === null ? points.length : pointed + 1}
        aria-valuetext={current ? words(current) : undefined}
        data-pointed={point && words(point)}
        {...handlers(AXIS_LEFT, step)}
      >
        {width > 0 && (
          <svg width={width} height={height} className="block overflow-visible" aria-hidden="true">
            <g transform={`translate(${AXIS_LEFT} ${HEADROOM})`}>
              <CountLines axis={axis} width={inner.width} height={inner.height} bare={isEmpty} />
              {point && (
                <rect x={(pointed ?? 0) * step} width={step} height={inner.height} className="fill-hover" />
              )}
              <Bars
                stacks={points.map(({ values }) => values)}
                tones={series.map(({ tone }) => tone)}
                top={axis.top}
                width={inner.width}
                height={inner.height}
              />
              <TimeLabels from={from} to={to} length={length} width={inner.width} y={inner.height} />
            </g>
          </svg>
        )}
        {isEmpty && (
          <div className="absolute inset-0 flex items-center justify-center pb-6 pl-11">
            <div className="max-w-sm rounded-lg bg-card px-4 py-2 text-center text-soft">{empty}</div>
          </div>
        )}
        {point && (
          <ChartTooltip
            title={intervalText(point.start, length)}
            soFar={point.start + length > now}
            series={series}
            values={point.values}
            x={AXIS_LEFT + ((pointed ?? 0) + 0.5) * step}
            y={pointerY ?? HEADROOM}
            width={width}
          />
        )}
      </div>
      <ChartTable label={label} series={series} points={points} length={length} />
    </figure>
  );
}

/** The horizontal lines with their counts; `bare`: without counts. */
function CountLines({
  axis: { top, ticks },
  width,
  height,
  bare,
}: {
  readonly axis: CountAxis;
  readonly width: number;
  readonly height: number;
  readonly bare: boolean;
}) {
  return ticks.map((tick) => {
    const y = Math.round(height * (1 - tick / top)) + 0.5;
    return (
      <g key={tick}>
        <path d={`M0 ${y}H${width}`} className={tick === 0 ? 'stroke-line-strong' : 'stroke-line'} />
        {!bare && (
          <text x={-8} y={y + 4} textAnchor="end" className="fill-soft text-xs tabular-nums">
            {countText(tick)}
          </text>
        )}
      </g>
    );
  });
}

function TimeLabels({
  from,
  to,
  length,
  width,
  y,
}: {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly width: number;
  readonly y: number;
}) {
  return timeAxis(from, to, length, width).map(({ at, label }) => {
    const x = ((at - from) / (to - from)) * width;
    return (
      <g key={at} transform={`translate(${x} ${y})`}>
        <path d="M0.5 1v4" className="stroke-line-strong" />
        <text y={20} textAnchor="middle" className="fill-soft text-xs tabular-nums">
          {label}
        </text>
      </g>
    );
  });
}
