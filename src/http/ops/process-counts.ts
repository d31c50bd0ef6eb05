import type { Measurements, VerificationCounts } from '../../core/measurements.ts';
import type { KeyLookup, UsageSink } from '../../verification/services.ts';
import { DurationCounts } from './duration-counts.ts';

/** Upper bounds of the buckets of durations of verifications, seconds. */
export const VERIFICATION_BOUNDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
] as const;

/** The same sink, which counts verifications by code. */
export function countingByCode<T extends UsageSink>(usage: T, codes: Record<string, number>): T {
  return {
    ...usage,
    accepted(use) {
      codes.VALID = (codes.VALID ?? 0) + 1;
      usage.accepted(use);
    },
    denied(denial) {
      codes[denial.code] = (codes[denial.code] ?? 0) + 1;
      usage.denied(denial);
    },
  };
}

/** What a verification process measures for the metrics of its server. */
export class ProcessCounts {
  readonly #codes: Record<string, number> = {};
  readonly #seconds = {
    accepted: new DurationCounts(VERIFICATION_BOUNDS),
    denied: new DurationCounts(VERIFICATION_BOUNDS),
    failed: new DurationCounts(VERIFICATION_BOUNDS),
  };

  readonly measurements: Measurements = {
    verification: (_door, outcome, milliseconds) => this.#seconds[outcome].observe(milliseconds / 1000),
    operation: () => {},
    error: () => {},
  };

  counting<T extends UsageSink>(usage: T): T {
    return countingByCode(usage, this.#codes);
  }

  /** Everything since the process started. */
  read({ counts }: Pick<KeyLookup, 'counts'>): VerificationCounts {
    const { accepted, denied, failed } = this.#seconds;
    return {
      codes: this.#codes,
      lookups: { hits: counts.hits, misses: counts.misses },
      seconds: { accepted: [...accepted.values], denied: [...denied.values], failed: [...failed.values] },
    };
  }
}
