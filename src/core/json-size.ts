/**
 * Whether a value may fit into this many bytes of JSON. Stops examining it once it doesn't. If true, it has at most six
 * times as many, if each character is escaped.
 */
export function mayFitInJson(value: unknown, bytes: number): boolean {
  return bytesLeft(value, bytes) >= 0;
}

/** An upper bound of what is left of `bytes` after the value. Negative, and incomplete, if there are too few. */
function bytesLeft(value: unknown, bytes: number): number {
  if (typeof value === 'string') return bytes - '""'.length - value.length;
  if (typeof value !== 'object' || value === null) return bytes - 1;
  let left = bytes - '{}'.length;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) left = bytesLeft(value[index], left);
    return left;
  }
  for (const key in value) {
    if (left < 0) break;
    left = bytesLeft((value as Record<string, unknown>)[key], left - '"":'.length - key.length);
  }
  return left;
}
