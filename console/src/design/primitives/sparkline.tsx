import { now } from '../../api/clock.ts';
import { Bars } from './bars.tsx';
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

/** Accepted uses of the last 24 hours as hourly bars, for a row. Its accessible name is the sum. */
export function Sparkline({ usage }: { readonly usage: readonly Stretch[] }) {
  const counts = hourly(usage);
  const sum = counts.reduce((total, count) => total + count, 0);
  const name = `${counted(sum, 'use')} in the last 24 hours`;
  return (
    <svg
      role="img"
      aria-label={name}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      className="block"
    >
      <title>{name}</title>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="stroke-line" />
      <Bars
        stacks={counts.map((count) => [count])}
        tones={['chart']}
        top={Math.max(1, ...counts)}
        width={WIDTH}
        height={HEIGHT}
      />
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
