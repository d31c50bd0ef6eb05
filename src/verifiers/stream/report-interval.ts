/** Shortest and longest interval, and for how many verifiers the shortest one is meant: milliseconds. */
const REPORT_MS = { least: 250, most: 10_000, streams: 100 };

/**
 * How long a verifier collects usage before it reports it, milliseconds, at a server with so many verifiers. Each report
 * is a transaction: a server gets at most 400 per second, until the longest interval is reached.
 */
export function reportInterval(streams: number): number {
  const { least, most } = REPORT_MS;
  return Math.min(most, Math.max(least, Math.ceil((least * streams) / REPORT_MS.streams)));
}
