/** A day, milliseconds. */
export const DAY_MS = 86_400_000;

/** Smaller differences are network latency, milliseconds. */
const TOLERANCE_MS = 5_000;

let ahead = 0;

/** Records the server's time from a response's Date header. */
export function noteServerTime(header: string | null): void {
  const server = Date.parse(header ?? '');
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  ahead = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
}

/** The estimated server time, milliseconds since the epoch. Server times are shown relative to it. */
export function now(): number {
  return Date.now() + ahead;
}
