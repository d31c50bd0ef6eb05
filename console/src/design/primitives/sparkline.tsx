import { now } from '../../api/clock.ts';
import { counted } from './counted.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
const WIDTH = 96;
const HEIGHT = 24;

/** Number of uses in a time interval. */
export interface Stretch {
  readonly start: string;
  readonly verified: number;
  readonly denied: number;
}

/** Accepted uses of the last 24 hours as hourly bars. Its accessible name is the sum. */
export function Sparkline({ usage }: { readonly usage: readonly Stretch[] }) {
  const counts = hourly(usage);
  const most = Math.max(1, ...counts);
  const sum = counts.reduce((total, count) => total + count, 0);
  const step = WIDTH / HOURS;
  const name = `${counted(sum, 'use')} in the last 24 hours`;
  return (
    <svg
      role="img"
      aria-label={name}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      className="block text-chart"
    >
      <title>{name}</title>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="stroke-line" />
      {counts.map((count, index) => {
        if (count === 0) return null;
        const height = Math.max(2, (count / most) * (HEIGHT - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its hour.
            key={index}
            x={index * step + 0.5}
            y={HEIGHT - height}
            width={step - 1}
            height={height}
            rx="1"
            fill="currentColor"
          />
        );
      })}
    </svg>
  );
}

function hourly(usage: readonly Stretch[]): number[] {
  const first = Math.floor(now() / HOUR_MS) - HOURS + 1;
  const counts = Array.from({ length: HOURS }, () => 0);
  for (const { start, verified } of usage) {
    const index = Math.floor(Date.parse(start) / HOUR_MS) - first;
    if (index >= 0 && index < HOURS) counts[index] = verified;
  }
  return counts;
}
