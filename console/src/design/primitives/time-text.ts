const toTheMinute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A time to the minute, for plain text. */
export function timeText(at: string): string {
  return toTheMinute.format(Date.parse(at));
}
