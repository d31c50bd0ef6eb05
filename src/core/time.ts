/** RFC 3339, section 5.6, with `Z` or an offset; of leap seconds, which no clock of a computer shows, there are none. */
const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** The times that RFC 3339 can write in UTC, milliseconds since the epoch: an offset may lead out of the years 0 to 9999. */
const TIME_MIN = Date.parse('0000-01-01T00:00:00.000Z');
const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

/** Longest text that is looked at, in UTF-16 units: digits of fractions that no one needs included. */
const TEXT_MAX = 100;

/**
 * The time that a text says, milliseconds since the epoch; null if it is no RFC 3339 time, or names a day that its
 * month does not have. Fractions beyond milliseconds are cut.
 */
export function parseTime(text: string): number | null {
  if (text.length > TEXT_MAX || !RFC_3339.test(text) || !isDayOfMonth(text)) return null;
  const time = Date.parse(text);
  return isWritable(time) ? time : null;
}

/** Whether a time, milliseconds since the epoch, lies in the years 0 to 9999. */
export function isWritable(time: number): boolean {
  return time >= TIME_MIN && time <= TIME_MAX;
}

/** `Date.parse` takes 30 February for 2 March. */
function isDayOfMonth(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  // Of a year below 100, `Date.UTC` makes one of the last century.
  const lastDay = new Date(Date.UTC(year + 400, month, 0)).getUTCDate();
  return day <= lastDay;
}
