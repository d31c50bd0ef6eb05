import { setTimeout as pause } from 'node:timers/promises';

/** Pauses before each repetition, milliseconds. */
const PAUSES_MS = [250, 1_000, 3_000] as const;

/** Longest pause that a server can ask for, milliseconds. */
const PAUSE_MAX_MS = 10_000;

/** What decides whether a request is sent again. */
interface Answered {
  readonly status: number;
  /** From `Retry-After`, seconds; 0 without it. */
  readonly retryAfter: number;
}

/**
 * Sends a request up to four times, until there is a response other than 503. Only for requests that change nothing when
 * they are repeated. Rejects if the last one fails.
 */
export async function repeatSafely<Answer extends Answered>(send: () => Promise<Answer>): Promise<Answer> {
  for (const least of PAUSES_MS) {
    const answer = await send().catch(() => null);
    if (answer && answer.status !== 503) return answer;
    await pause(Math.min(Math.max(least, (answer?.retryAfter ?? 0) * 1_000), PAUSE_MAX_MS));
  }
  return send();
}
