/**
 * Reads one variable. Returns the fallback if it is unset, or records the error and returns the fallback if it is
 * invalid.
 */
export type ReadVariable = <T>(name: string, fallback: T, parse: (text: string) => T) => T;

/** Parses a boolean setting. Throws an Error that lists the allowed values. */
export function parseBoolean(text: string): boolean {
  if (['on', 'true', '1'].includes(text)) return true;
  if (['off', 'false', '0'].includes(text)) return false;
  throw new Error('must be on or off');
}

/** Parses a whole number. Throws an Error that names the bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Error(`must be a whole number from ${min} to ${max}`);
  };
}
