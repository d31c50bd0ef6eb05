import type { SeriesTone } from './series-tone.ts';

const FILLS: Readonly<Record<SeriesTone, string>> = {
  chart: 'fill-chart',
  danger: 'fill-danger',
  muted: 'fill-line-strong',
};

/** Few are too few to see without a minimum, pixels. */
const HEIGHT_MIN = 2;

/** Maximum width of a bar, pixels. */
const WIDTH_MAX = 40;

/** Stacked bars from the bottom of an SVG element, one path per series, the first series at the bottom. */
export function Bars({
  stacks,
  tones,
  top,
  width,
  height,
}: {
  /** The values of each bar in the order of `tones`. */
  readonly stacks: readonly (readonly number[])[];
  readonly tones: readonly SeriesTone[];
  /** The value at the full height. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}) {
  const step = width / Math.max(1, stacks.length);
  const breadth = Math.min(WIDTH_MAX, step - gapOf(step));
  const paths = tones.map(() => '');
  for (const [index, values] of stacks.entries()) {
    let foot = height;
    for (const [series, value] of values.entries()) {
      if (value === 0 || series >= paths.length) continue;
      const tall = Math.min(foot, Math.max(HEIGHT_MIN, (value / top) * height));
      const isTop = values.slice(series + 1).every((other) => other === 0);
      paths[series] += bar(index * step + (step - breadth) / 2, foot, { breadth, tall, isTop });
      // A line of the background separates two series without their colors.
      foot -= tall + 1;
    }
  }
  return paths.map((path, series) => {
    const tone = tones[series];
    return tone && path && <path key={tone} d={path} className={FILLS[tone]} />;
  });
}

function gapOf(step: number): number {
  if (step > 6) return step * 0.25;
  return step > 2.5 ? 1 : 0;
}

function bar(
  x: number,
  foot: number,
  { breadth, tall, isTop }: { readonly breadth: number; readonly tall: number; readonly isTop: boolean },
): string {
  const round = isTop ? Math.min(2, breadth / 3, tall) : 0;
  const [left, right, head] = [round1(x), round1(x + breadth), round1(foot - tall)];
  return `M${left} ${round1(foot)}V${head + round}q0 ${-round} ${round} ${-round}H${right - round}q${round} 0 ${round} ${round}V${round1(foot)}Z`;
}

/** A tenth of a pixel is exact enough. */
function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
