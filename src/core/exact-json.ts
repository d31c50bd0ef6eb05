import { quotable } from './scrub.ts';

/** Error message for a number that `parseJson` can't represent exactly. */
export const INEXACT = 'whole numbers beyond 2^53 - 1 would lose digits: send them as strings';

/** Maximum nesting of lists and objects in JSON from a client. */
export const JSON_DEPTH_MAX = 100;

/** Maximum number of values in lists and objects in JSON from a client: more than the largest mutation has. */
export const JSON_VALUES_MAX = 50_000;

/** Maximum number of steps of a path that are printed. */
const STEPS_MAX = 10;

/** Only JSON with this many consecutive digits can contain a whole number beyond 2^53 - 1. */
const LONG = 16;

/** A string, whose digits must be skipped, or a number. */
const TOKEN = /"(?:[^"\\]|\\.?)*"?|-?\d+(?:[.eE][\d.eE+-]*)?/gs;

const WHOLE = /^-?\d+$/;

/** JSON that exceeds a limit. The message names the limit and quotes nothing. */
export class JsonLimitError extends SyntaxError {}

/**
 * `JSON.parse` with infinity in place of each whole number beyond 2^53 - 1, which JSON.parse would round silently.
 * Throws a JsonLimitError, before anything is parsed, if the text is nested deeper than JSON_DEPTH_MAX or has more than
 * JSON_VALUES_MAX values, and a SyntaxError if it is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!scanJson(text)) return JSON.parse(text);
  const marked = text.replace(TOKEN, (token) =>
    WHOLE.test(token) && !Number.isSafeInteger(Number(token)) ? '1e999' : token,
  );
  return JSON.parse(marked);
}

/**
 * Checks the limits of a text, which may not be JSON. Returns whether it may contain whole numbers that would lose
 * digits.
 */
function scanJson(text: string): boolean {
  let depth = 0;
  let values = 0;
  let digits = 0;
  let isLong = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      if (digits === LONG) isLong = true;
      continue;
    }
    digits = 0;
    switch (code) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case COMMA:
        values += 1;
        if (values > JSON_VALUES_MAX) throw tooManyValues();
        break;
      case LIST:
      case OBJECT:
        depth += 1;
        // An empty one has no first value.
        if (text.charCodeAt(at + 1) !== code + 2) values += 1;
        if (depth > JSON_DEPTH_MAX) throw new JsonLimitError(`is nested more than ${JSON_DEPTH_MAX} deep`);
        if (values > JSON_VALUES_MAX) throw tooManyValues();
        break;
      case LIST_END:
      case OBJECT_END:
        depth -= 1;
        break;
    }
  }
  return isLong;
}

/** The end of the string that contains `from`; the end of the text if the string isn't closed. */
function endOfString(text: string, from: number): number {
  const end = text.indexOf('"', from);
  if (end < 0) return text.length;
  if (text.charCodeAt(end - 1) !== BACKSLASH) return end;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

const [QUOTE, COMMA, ZERO, NINE, BACKSLASH] = [0x22, 0x2c, 0x30, 0x39, 0x5c];
/** Skips pairs of characters before the closing quote. */
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

function tooManyValues(): JsonLimitError {
  return new JsonLimitError(`has more than ${JSON_VALUES_MAX} values`);
}

/**
 * Where a value from `parseJson` contains a number that was not preserved, including infinities written as `1e400`. The
 * path (`plan.seats[2]`, empty for the value itself) is safe to show. Null if every number was preserved.
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
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const below = stepsTo(value[index]);
      if (below) return [`[${index}]`, ...below];
    }
    return null;
  }
  for (const key in value) {
    const below = stepsTo((value as Record<string, unknown>)[key]);
    if (below) return [`.${quotable(key)}`, ...below];
  }
  return null;
}
