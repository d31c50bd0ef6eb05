import { Kind, type ValueNode, valueFromASTUntyped, visit } from 'graphql';
import { AppError } from '../src/core/errors.ts';
import { findInexact, INEXACT } from '../src/core/exact-json.ts';
import { mayFitInJson } from '../src/core/json-size.ts';
import { parseTime } from '../src/core/time.ts';
import { builder } from './builder.ts';

/**
 * Largest JSONObject that is read, bytes: what is larger is rejected before all of it is looked at. The places that take
 * one have lower limits, and say so in a ValidationError.
 */
const JSON_OBJECT_MAX_BYTES = 65_536;

builder.scalarType('DateTime', {
  description: 'A point in time: RFC 3339, given in UTC with milliseconds, accepted with any offset',
  serialize: (milliseconds) => textOf(milliseconds as number),
  parseValue: parseDateTime,
});

builder.scalarType('JSONObject', {
  description: 'A JSON object: at most 64 KB, with whole numbers up to 2^53 - 1',
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

function parseDateTime(value: unknown): number {
  const time = typeof value === 'string' ? parseTime(value) : null;
  if (time === null) throw invalid('DateTime is an RFC 3339 time such as 2030-01-31T12:00:00Z');
  return time;
}

function requireString(scalar: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalid(`${scalar} is a string`);
}

function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('JSONObject is an object');
  if (!mayFitInJson(value, JSON_OBJECT_MAX_BYTES))
    throw invalid(`JSONObject has at most ${JSON_OBJECT_MAX_BYTES} bytes`);
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
