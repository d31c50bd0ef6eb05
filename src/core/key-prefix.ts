/** Words of `[a-z][a-z0-9]{1,11}` joined by single underscores. With the length limit, a valid key prefix. */
export const KEY_PREFIX_PATTERN = /^[a-z][a-z0-9]{1,11}(?:_[a-z][a-z0-9]{1,11})*$/;

/** Longest key prefix, in characters. */
export const KEY_PREFIX_MAX = 16;

/** Prefixes that Keywright's own tokens start with. */
export const RESERVED_PREFIXES: ReadonlySet<string> = new Set(['sess', 'kwop']);
