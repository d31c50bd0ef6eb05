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

/** The server's time as far as it is known, milliseconds since the epoch: its times are told relative to this. */
export function now(): number {
  return Date.now() + ahead;
}
