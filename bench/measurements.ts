import type { Figures } from './figures.ts';
import { busyMs, quietMoment } from './machine.ts';
import { cpuMs } from './rpc.ts';

export type Values = Readonly<Record<string, number>>;

/** How to measure. */
export interface Patience {
  /** Maximum wait for an idle moment, milliseconds. */
  readonly waitMs: number;
  /** Maximum CPU use of other programs during a measurement, in cores; and number of attempts. */
  readonly disturbanceMax: number;
  readonly attemptsMax: number;
}

/** Measures in idle moments, and collects the results. */
export class Measurements {
  readonly figures: Figures = new Map();
  /** CPU use of other programs during the measurements, in cores. */
  readonly disturbances: number[] = [];
  /** CPU time of the benchmark's own programs so far, milliseconds. The measuring code adds to it. */
  workedMs = 0;
  readonly #patience: Patience;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /**
   * Measures in an idle moment. If other programs disturb it, measures again and keeps the least disturbed result.
   * Prints the values with the disturbance.
   */
  async take(name: string, run: () => Promise<Values>): Promise<void> {
    const { waitMs, disturbanceMax, attemptsMax } = this.#patience;
    let best: { values: Values; disturbance: number } | null = null;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      await quietMoment(waitMs);
      const before = { busy: this.#othersMs(), time: performance.now() };
      const values = await run();
      const disturbance = (this.#othersMs() - before.busy) / (performance.now() - before.time);
      if (!best || disturbance < best.disturbance) best = { values, disturbance };
      if (disturbance < disturbanceMax) break;
    }
    if (!best) return;
    this.disturbances.push(best.disturbance);
    for (const [unit, value] of Object.entries(best.values)) {
      const key = `${name}: ${unit}`;
      this.figures.set(key, [...(this.figures.get(key) ?? []), value]);
      console.log(`${key.padEnd(60)} ${value.toFixed(2).padStart(12)}  ${best.disturbance.toFixed(2)}`);
    }
  }

  #othersMs(): number {
    return busyMs() - cpuMs() - this.workedMs;
  }
}

/** Runs each in turn, in a different order in every round. */
export function turned<T>(list: readonly T[], round: number): T[] {
  const at = round % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
