/** Parses a switch. Throws an Error that says what it can be. */
export function parseBoolean(text: string): boolean {
  if (['on', 'true', '1'].includes(text)) return true;
  if (['off', 'false', '0'].includes(text)) return false;
  throw new Error('must be on or off');
}
