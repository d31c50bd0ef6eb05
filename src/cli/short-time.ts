/** A time for display: RFC 3339 without milliseconds. Null: none. */
export function shortTime(time: string | null): string | null {
  return time?.replace(/\.\d+Z$/, 'Z') ?? null;
}
