import type { Input } from '../core/input.ts';
import { KEY_PREFIX_MAX, KEY_PREFIX_PATTERN, RESERVED_PREFIXES } from '../core/key-prefix.ts';

/** Checks the first part of an organization's keys; faults go into `input`. */
export function checkKeyPrefix(input: Input, path: readonly string[], prefix: string): void {
  if (prefix.length > KEY_PREFIX_MAX || !KEY_PREFIX_PATTERN.test(prefix)) {
    input.fault(
      path,
      `must be words of 2 to 12 of a-z and 0-9, each beginning with a letter, joined by single _, at most ${KEY_PREFIX_MAX} characters`,
    );
  } else if (RESERVED_PREFIXES.has(prefix)) {
    input.fault(path, 'is reserved');
  }
}
