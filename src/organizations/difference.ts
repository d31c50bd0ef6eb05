import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../changes/events.ts';

/** The changed fields with both values, for the audit log. */
export function difference<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Changes {
  const changed = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}
