import type { Input } from '../core/input.ts';

const SLUG_MAX = 50;
const SLUG = /^[a-z0-9-]+$/;

/** Validates a slug: 1 to 50 characters of a-z, 0-9 and -. */
export function readSlug(input: Input, path: readonly string[], value: string): string {
  if (value.length > SLUG_MAX || !SLUG.test(value))
    input.fault(path, 'INVALID_FORMAT', `must be 1 to ${SLUG_MAX} characters of a-z, 0-9 and -`);
  return value;
}

/** Derives a slug from a name. `organization` if no character of the name is allowed. */
export function slugOf(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = letters.replace(/[^a-z0-9]+/g, '-').slice(0, SLUG_MAX);
  return slug.replace(/^-|-$/g, '') || 'organization';
}

/** A derived slug with a number appended, shortened to fit. */
export function numberedSlug(slug: string, number: number): string {
  const end = `-${number}`;
  return `${slug.slice(0, SLUG_MAX - end.length).replace(/-$/, '')}${end}`;
}
