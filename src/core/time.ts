/** RFC 3339, section 5.6, with `Z` or an offset. Without leap seconds, which computers' clocks don't show. */
const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * The range of times in UTC that RFC 3339 can represent, milliseconds since the epoch: with an offset, a time may lie
 * outside the years 0 to 9999.
 */
const TIME_MIN = Date.parse('0000-01-01T00:00:00.000Z');
const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

/** Maximum length of a time, in UTF-16 units, with more fractional digits than anyone needs. */
const TEXT_MAX = 100;

/**
 * Parses a time to milliseconds since the epoch. Null if it is not an RFC 3339 time, or names a day that its month does
 * not have. Digits beyond milliseconds are truncated.
 */
export function parseTime(text: string): number | null {
  if (text.length > TEXT_MAX || !RFC_3339.test(text) || !isDayOfMonth(text)) return null;
  const time = Date.parse(text);
  return isWritable(time) ? time : null;
}

/** Whether a time, milliseconds since the epoch, is in the years 0 to 9999. */
export function isWritable(time: number): boolean {
  return time >= TIME_MIN && time <= TIME_MAX;
}

/** `Date.parse` accepts 30 February as 2 March. */
function isDayOfMonth(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  // `Date.UTC` would interpret a year below 100 as one of the 20th century.
  const lastDay = new Date(Date.UTC(year + 400, month, 0)).getUTCDate();
  return day <= lastDay;
}
