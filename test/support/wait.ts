import { setTimeout as pause } from 'node:timers/promises';

/** Bounds only a failure: nothing that tests wait for takes as long, even on a busy machine. */
const PATIENCE_MS = 20_000;

/** From one check to the next: one millisecond longer each time, up to this. */
const POLL_MS_MAX = 10;

/**
 * Waits until `check` gives something true, and resolves with that. A check that throws is one that does not hold yet.
 * Rejects after `timeoutMs` (20,000 unless told otherwise) with what the last check threw or gave.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: { timeoutMs?: number } = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const end = performance.now() + timeoutMs;
  for (let pollMs = 1; ; pollMs = Math.min(pollMs + 1, POLL_MS_MAX)) {
    const last = await attempt(check);
    if ('given' in last && last.given) return last.given as Exclude<T, false | null | undefined | 0 | ''>;
    if (performance.now() >= end) {
      const result = 'given' in last ? `it gave ${String(last.given)}` : 'it threw';
      throw new Error(`After ${timeoutMs} ms the check still did not hold: ${result}`, {
        cause: 'thrown' in last ? last.thrown : undefined,
      });
    }
    await pause(pollMs);
  }
}

async function attempt<T>(check: () => T | Promise<T>): Promise<{ given: T } | { thrown: unknown }> {
  try {
    return { given: await check() };
  } catch (thrown) {
    return { thrown };
  }
}
