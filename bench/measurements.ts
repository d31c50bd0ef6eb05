import { cpuMs } from './asked.ts';
import type { Figures } from './figures.ts';
import { busyMs, quietMoment } from './machine.ts';

export type Values = Readonly<Record<string, number>>;

/** How measurements are taken. */
export interface Patience {
  /** How long a quiet moment is waited for, milliseconds. */
  readonly waitMs: number;
  /** How much other programs may work meanwhile, in cores; and how often it is tried. */
  readonly disturbanceMax: number;
  readonly attemptsMax: number;
}

/** Measures, each in a quiet moment, and keeps what came out. */
export class Measurements {
  readonly figures: Figures = new Map();
  /** How much other programs worked meanwhile, in cores. */
  readonly disturbances: number[] = [];
  /** Milliseconds that the programs of the benchmark have worked so far: whoever measures adds to it. */
  workedMs = 0;
  readonly #patience: Patience;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /**
   * Measures in a quiet moment; where something else worked meanwhile, again, and keeps the least disturbed. Prints the
   * values, and the disturbance behind them.
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

/** Each in turn, and in another order in every round. */
export function turned<T>(list: readonly T[], round: number): T[] {
  const at = round % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
