/** A time for people: RFC 3339 without its milliseconds; null: none. */
export function shortTime(time: string | null): string | null {
  return time?.replace(/\.\d+Z$/, 'Z') ?? null;
}
