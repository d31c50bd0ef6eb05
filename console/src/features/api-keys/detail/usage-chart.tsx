import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import type { Stretch } from '../../../design/primitives/sparkline.tsx';

const HEIGHT = 220;

/** Buckets of a chart: their number and length in milliseconds, up to the current one. */
export interface ChartRange {
  readonly count: number;
  readonly length: number;
  /** Formats the start of a bucket. */
  format(time: number): string;
}

/** Verified and denied presentations as stacked bars. Text above describes the bar under the pointer. */
export function UsageChart({
  usage,
  range,
  end,
  label,
}: {
  readonly usage: readonly Stretch[];
  readonly range: ChartRange;
  /** A time within the current bucket, milliseconds since the epoch. */
  readonly end: number;
  readonly label: string;
}) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const theme = useThemeCount();
  const bars = barsOf(usage, range, end);
  const latest = useRef(bars);
  useEffect(() => {
    latest.current = bars;
    chart.current?.setData(dataOf(bars));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme requires a redraw.
  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const plot = new UPlot(optionsOf(element, range, setPointed), dataOf(latest.current), element);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [range, theme]);
  return (
    <figure className="flex min-w-0 flex-col gap-2">
      <figcaption className="flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem] tabular-nums">
        <Legend bars={bars} pointed={pointed} range={range} />
      </figcaption>
      <div ref={container} role="img" aria-label={label} className="min-w-0" />
    </figure>
  );
}

interface Bar {
  readonly start: number;
  readonly verified: number;
  readonly denied: number;
}

function Legend({
  bars,
  pointed,
  range,
}: {
  readonly bars: readonly Bar[];
  readonly pointed: number | null;
  readonly range: ChartRange;
}) {
  const bar = pointed === null ? undefined : bars[pointed];
  const sum = (pick: (bar: Bar) => number) => bars.reduce((total, one) => total + pick(one), 0);
  const verified = bar?.verified ?? sum((one) => one.verified);
  const denied = bar?.denied ?? sum((one) => one.denied);
  return (
    <>
      <span className="flex items-center gap-1.5">
        <span aria-hidden="true" className="size-2.5 rounded-sm bg-chart" />
        {verified.toLocaleString('en')} verified
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden="true" className="size-2.5 rounded-sm bg-danger" />
        {denied.toLocaleString('en')} denied
      </span>
      <span className="text-soft">{bar ? range.format(bar.start) : 'in total'}</span>
    </>
  );
}

function barsOf(usage: readonly Stretch[], { count, length }: ChartRange, end: number): Bar[] {
  const first = Math.floor(end / length) - count + 1;
  const bars = Array.from({ length: count }, (_, index) => ({
    start: (first + index) * length,
    verified: 0,
    denied: 0,
  }));
  for (const { start, verified, denied } of usage) {
    const bar = bars[Math.floor(Date.parse(start) / length) - first];
    if (bar) Object.assign(bar, { verified, denied });
  }
  return bars;
}

/** Draws the bars of the sum first, and the verified ones over them. */
function dataOf(bars: readonly Bar[]): UPlot.AlignedData {
  return [
    bars.map(({ start }) => start / 1_000),
    bars.map(({ verified, denied }) => verified + denied),
    bars.map(({ verified }) => verified),
  ];
}

function optionsOf(
  element: HTMLElement,
  { length, format }: ChartRange,
  point: (index: number | null) => void,
): UPlot.Options {
  const colour = (name: string) => resolved(element, name);
  const axis = {
    stroke: colour('--color-soft'),
    font: '12px "Inter Variable", sans-serif',
    ticks: { show: false },
  };
  const paths = UPlot.paths.bars?.({ size: [0.8, 24], radius: 0.15, align: 1 });
  const series = (name: string) => ({
    fill: colour(name),
    width: 0,
    points: { show: false },
    ...(paths ? { paths } : {}),
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { range: (_chart, min, max) => [min, max + length / 1_000] },
      y: { range: (_chart, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 72,
        // The end of the last bucket is the edge of the chart, without space for a label.
        values: ({ scales }, times) =>
          times.map((time) => (time === scales.x?.max ? '' : format(time * 1_000))),
      },
      {
        ...axis,
        size: 52,
        grid: { stroke: colour('--color-line'), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7, 1e8],
        values: (_chart, counts) => counts.map(short),
      },
    ],
    series: [{}, series('--color-danger'), series('--color-chart')],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  };
}

const shortNumber = new Intl.NumberFormat('en', { notation: 'compact' });

function short(count: number): string {
  return shortNumber.format(count);
}

/** Resolves a palette color for the theme: a canvas has no CSS variables. */
function resolved(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const colour = getComputedStyle(element).color;
  element.style.color = before;
  return colour;
}

/** Changes whenever the theme changes. */
function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const changed = () => setCount((before) => before + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', changed);
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      system.removeEventListener('change', changed);
      observer.disconnect();
    };
  }, []);
  return count;
}
