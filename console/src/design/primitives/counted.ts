/** A number with its noun: `1 use`, `2,000 uses`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** Number of rows: `12`, or `10,000+` if there may be more. */
export function total(count: number, isExact = true): string {
  return `${count.toLocaleString('en')}${isExact ? '' : '+'}`;
}
