import type { Histogram, Registry } from 'prom-client';
import { DurationCounts } from './duration-counts.ts';

/**
 * A histogram of durations. prom-client checks and hashes the labels of every observation, which takes longer than a
 * tenth of a verification. Here each series is an array, and prom-client only formats it.
 */
export class Durations {
  readonly #bounds: readonly number[];
  readonly #series: {
    readonly labels: Readonly<Record<string, string>>;
    readonly own: DurationCounts;
    readonly others: () => readonly number[];
  }[] = [];

  /** `bounds`: upper bounds of the buckets in seconds, ascending. */
  constructor(
    registry: Registry,
    { name, help, bounds }: { name: string; help: string; bounds: readonly number[] },
  ) {
    this.#bounds = bounds;
    const get = async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: this.#values(name),
    });
    registry.registerMetric({ name, help, type: 'histogram', get } as object as Histogram);
  }

  /**
   * Adds a series, which exists from now on with all counts 0, and returns the function that observes seconds. `others`
   * returns the values of other processes.
   */
  series(
    labels: Readonly<Record<string, string>>,
    others: () => readonly number[] = () => [],
  ): (seconds: number) => void {
    const own = new DurationCounts(this.#bounds);
    this.#series.push({ labels, own, others });
    return own.observe;
  }

  /** Number of observations by the value of this label. */
  totals(label: string): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { labels, own } of this.#series) {
      const value = labels[label] ?? '';
      totals[value] =
        (totals[value] ?? 0) + own.values.subarray(0, -1).reduce((sum, count) => sum + count, 0);
    }
    return totals;
  }

  #values(name: string) {
    return this.#series.flatMap(({ labels, own, others }) => {
      let total = 0;
      const added = others();
      const counts = own.values.map((count, index) => count + (added[index] ?? 0));
      const buckets = [...this.#bounds, '+Inf'].map((le, index) => {
        total += counts[index] ?? 0;
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: counts.at(-1) ?? 0 },
        { metricName: `${name}_count`, labels, value: total },
      ];
    });
  }
}
