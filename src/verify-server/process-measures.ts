import type { VerificationCounts } from '../core/measurements.ts';

/** How long a process may take to send its counts, milliseconds. */
const PATIENCE_MS = 250;

const NONE: VerificationCounts = {
  codes: {},
  lookups: { hits: 0, misses: 0 },
  seconds: { accepted: [], denied: [], failed: [] },
};

/**
 * The counts of one of the processes and those before it. A process that doesn't answer in time keeps its last counts,
 * and so does one that has exited.
 */
export class ProcessMeasures {
  #ended = NONE;
  #last = NONE;
  #answer: (() => void) | null = null;
  /** Whether the current process did not answer in time. */
  isSilent = false;

  /** Everything counted so far. */
  get counts(): VerificationCounts {
    return sumOf([this.#ended, this.#last]);
  }

  /** Asks the process. Resolves when it has answered, or after a quarter of a second. */
  async ask(send: () => void): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#answer = resolve;
      this.isSilent = true;
      timer = setTimeout(resolve, PATIENCE_MS);
      send();
    });
    clearTimeout(timer);
  }

  /** The process has answered. */
  received(counts: VerificationCounts): void {
    this.#last = counts;
    this.isSilent = false;
    this.#answer?.();
  }

  /** The process has exited. */
  end(): void {
    this.#ended = this.counts;
    this.#last = NONE;
    this.isSilent = false;
    this.#answer?.();
  }
}

/** Adds counts of several processes. */
export function sumOf(all: readonly VerificationCounts[]): VerificationCounts {
  const codes: Record<string, number> = {};
  for (const one of all)
    for (const [code, count] of Object.entries(one.codes)) codes[code] = (codes[code] ?? 0) + count;
  const added = (lists: readonly (readonly number[])[]) => {
    const length = Math.max(0, ...lists.map((list) => list.length));
    return Array.from({ length }, (_, index) => lists.reduce((sum, list) => sum + (list[index] ?? 0), 0));
  };
  return {
    codes,
    lookups: {
      hits: all.reduce((sum, { lookups }) => sum + lookups.hits, 0),
      misses: all.reduce((sum, { lookups }) => sum + lookups.misses, 0),
    },
    seconds: {
      accepted: added(all.map(({ seconds }) => seconds.accepted)),
      denied: added(all.map(({ seconds }) => seconds.denied)),
      failed: added(all.map(({ seconds }) => seconds.failed)),
    },
  };
}
