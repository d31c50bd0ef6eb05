import { Kind, type ValueNode, valueFromASTUntyped, visit } from 'graphql';
import { AppError } from '../src/core/errors.ts';
import { findInexact, INEXACT } from '../src/core/exact-json.ts';
import { builder } from './builder.ts';

/** RFC 3339, section 5.6, with `Z` or an offset; fractions beyond milliseconds are cut. */
const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

builder.scalarType('DateTime', {
  description: 'A point in time: RFC 3339, given in UTC with milliseconds, accepted with any offset',
  serialize: (milliseconds) => textOf(milliseconds as number),
  parseValue: parseDateTime,
});

builder.scalarType('JSONObject', {
  description: 'A JSON object',
  serialize: (value) => value as Record<string, unknown>,
  parseValue: requireObject,
  parseLiteral: (node: ValueNode, variables) => {
    visit(node, { [Kind.INT]: { enter: requireSafeInteger } });
    return requireObject(valueFromASTUntyped(node, variables));
  },
});

builder.scalarType('CIDR', {
  description:
    'An IPv4 or IPv6 address or network in CIDR notation; a bare address is a /32 or /128; bits right of the prefix are zero',
  serialize: String,
  // The form is checked where the value is used, so that a fault is a ValidationError with its path.
  parseValue: (value) => requireString('CIDR', value),
});

builder.scalarType('SafeInt', {
  description: 'A whole number from -(2^53 - 1) to 2^53 - 1',
  serialize: Number,
  parseValue: (value) => {
    if (Number.isSafeInteger(value)) return value as number;
    throw invalid('SafeInt is a whole number of at most 2^53 - 1');
  },
});

builder.scalarType('Permission', {
  description:
    'Segments of [a-z0-9_-] joined by dots, an optional last segment `*` for everything below, or `*` alone for everything; at most 100 characters',
  serialize: String,
  // As with CIDR: the form is checked where the value is used.
  parseValue: (value) => requireString('Permission', value),
});

let written = { time: Number.NaN, text: '' };

/** Writing a time takes longer than all else that is done with it, and most objects were last changed when they were made. */
function textOf(time: number): string {
  if (time !== written.time) written = { time, text: new Date(time).toISOString() };
  return written.text;
}

/** The times that RFC 3339 can write in UTC: an offset may lead out of the years 0 to 9999. */
const TIME_MIN = Date.parse('0000-01-01T00:00:00.000Z');
const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

function parseDateTime(value: unknown): number {
  const time = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
  // A 30 February parses as 2 March; the day it names must be the day it is.
  if (!(time >= TIME_MIN && time <= TIME_MAX) || !isDayOfMonth(value as string)) {
    throw invalid('DateTime is an RFC 3339 time such as 2030-01-31T12:00:00Z');
  }
  return time;
}

function isDayOfMonth(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function requireString(scalar: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalid(`${scalar} is a string`);
}

function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('JSONObject is an object');
  const inexact = findInexact(value);
  if (inexact !== null) throw invalid(`JSONObject at "${inexact}": ${INEXACT}`);
  return value as Record<string, unknown>;
}

function requireSafeInteger({ value }: { readonly value: string }): void {
  if (!Number.isSafeInteger(Number(value))) throw invalid(`JSONObject: ${INEXACT}`);
}

/** Shown to the client as it is: it must not quote the value. */
function invalid(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message);
}
