import type { Input } from '../core/input.ts';
import { KEY_PREFIX_MAX, KEY_PREFIX_PATTERN, RESERVED_PREFIXES } from '../core/key-prefix.ts';

/** The first part of an organization's keys. */
export function readKeyPrefix(input: Input, path: readonly string[], value: string | null): string {
  if (value === null) input.fault(path, 'REQUIRED', "can't be null");
  else if (RESERVED_PREFIXES.has(value))
    input.fault(path, 'RESERVED', `${value} is reserved for Keywright's own tokens`);
  else if (value.length > KEY_PREFIX_MAX || !KEY_PREFIX_PATTERN.test(value))
    input.fault(
      path,
      'INVALID_FORMAT',
      `must be words of a-z and 0-9 joined by single _, each 2 to 12 characters long and starting with a letter, at most ${KEY_PREFIX_MAX} characters in all`,
    );
  return value ?? '';
}
