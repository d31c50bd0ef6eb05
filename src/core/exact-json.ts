import { quotable } from './scrub.ts';

/** What the error about a number says that `parseJson` could not keep. */
export const INEXACT = 'whole numbers beyond 2^53 - 1 would lose digits: send them as strings';

/** Most steps of a path that are printed. */
const STEPS_MAX = 10;

/** Only JSON with so many digits in a row can hold a whole number beyond 2^53 - 1. */
const LONG = /\d{16}/;

/** A string, so that its digits are not taken for a number, or a number. */
const TOKEN = /"(?:[^"\\]|\\.?)*"?|-?\d+(?:[.eE][\d.eE+-]*)?/gs;

const WHOLE = /^-?\d+$/;

/**
 * `JSON.parse`, with infinity in place of each whole number beyond 2^53 - 1: JSON.parse rounds them and leaves no trace.
 * Throws a SyntaxError where the text is not JSON.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG.test(text)) return value;
  const marked = text.replace(TOKEN, (token) =>
    WHOLE.test(token) && !Number.isSafeInteger(Number(token)) ? '1e999' : token,
  );
  return marked === text ? value : JSON.parse(marked);
}

/**
 * Where a value from `parseJson` holds a number that was not kept, infinities that were written as `1e400` included. The
 * path (`plan.seats[2]`, empty for the value itself) is safe to show. Null where every number was kept.
 */
export function findInexact(value: unknown): string | null {
  const steps = stepsTo(value);
  if (!steps) return null;
  const path = steps.slice(0, STEPS_MAX).join('');
  return `${path.startsWith('.') ? path.slice(1) : path}${steps.length > STEPS_MAX ? '…' : ''}`;
}

function stepsTo(value: unknown): string[] | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : [];
  if (typeof value !== 'object' || value === null) return null;
  for (const key of Object.keys(value)) {
    const below = stepsTo((value as Record<string, unknown>)[key]);
    if (below) return [Array.isArray(value) ? `[${key}]` : `.${quotable(key)}`, ...below];
  }
  return null;
}
