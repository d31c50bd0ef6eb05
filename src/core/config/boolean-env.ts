/** Parses a boolean setting. Throws an Error that lists the allowed values. */
export function parseBoolean(text: string): boolean {
  if (['on', 'true', '1'].includes(text)) return true;
  if (['off', 'false', '0'].includes(text)) return false;
  throw new Error('must be on or off');
}
