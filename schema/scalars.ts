import { Kind, type ValueNode, valueFromASTUntyped, visit } from 'graphql';
import { AppError } from '../src/core/errors.ts';
import { findInexact, INEXACT } from '../src/core/exact-json.ts';
import { mayFitInJson } from '../src/core/json-size.ts';
import { parseTime } from '../src/core/time.ts';
import { builder } from './builder.ts';

/**
 * Maximum size of a JSONObject in bytes. A larger one is rejected before all of it is examined. Fields that accept a
 * JSONObject have lower limits, which they report as a ValidationError.
 */
const JSON_OBJECT_MAX_BYTES = 65_536;

builder.scalarType('DateTime', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  description:
    'A point in time in RFC 3339 format. Returned in UTC with milliseconds, accepted with any offset',
  serialize: (milliseconds) => textOf(milliseconds as number),
  parseValue: parseDateTime,
});

/** Options of a field that exposes a time or null. */
export function nullableTime(description: string) {
  return { type: 'DateTime', nullable: true, description } as const;
}

builder.scalarType('JSONObject', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  description: 'A JSON object of at most 64 KB. Whole numbers can’t exceed 2^53 - 1',
  serialize: (value) => value as Record<string, unknown>,
  parseValue: requireObject,
  parseLiteral: (node: ValueNode, variables) => {
    visit(node, { [Kind.INT]: { enter: requireSafeInteger } });
    return requireObject(valueFromASTUntyped(node, variables));
  },
});

builder.scalarType('CIDR', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4632',
  description:
    'An IPv4 or IPv6 address or network in CIDR notation (RFC 4632; RFC 4291 for IPv6). An address without a prefix is a /32 or /128. Host bits must be zero',
  serialize: String,
  // The format is checked where the value is used, so that a fault is a ValidationError with its path.
  parseValue: (value) => requireString('CIDR', value),
});

builder.scalarType('SafeInt', {
  specifiedByURL: 'https://tc39.es/ecma262/#sec-number.issafeinteger',
  description: 'A whole number from -(2^53 - 1) to 2^53 - 1',
  serialize: Number,
  parseValue: (value) => {
    if (Number.isSafeInteger(value)) return value as number;
    throw invalid('SafeInt must be a whole number of at most 2^53 - 1');
  },
});

builder.scalarType('Permission', {
  description:
    'A permission: segments of [a-z0-9_-] joined by dots, at most 100 characters. A last segment `*` covers everything below; `*` alone covers everything',
  serialize: String,
  // As with CIDR, the format is checked where the value is used.
  parseValue: (value) => requireString('Permission', value),
});

const HOUR_MS = 3_600_000;

let written = { hour: Number.NaN, text: '' };

/**
 * A time in the format of `toISOString`. Formatting dominates the cost of a time, and those of a list are often close,
 * so the text of the last hour is cached.
 */
function textOf(time: number): string {
  const whole = Math.trunc(time);
  const hour = Math.floor(whole / HOUR_MS);
  if (hour !== written.hour)
    written = { hour, text: new Date(hour * HOUR_MS).toISOString().slice(0, -'00:00.000Z'.length) };
  const milliseconds = whole - hour * HOUR_MS;
  const seconds = Math.floor(milliseconds / 1_000);
  return `${written.text}${TWO_DIGITS[Math.floor(seconds / 60)]}:${TWO_DIGITS[seconds % 60]}.${THREE_DIGITS[milliseconds % 1_000]}Z`;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

function parseDateTime(value: unknown): number {
  const time = typeof value === 'string' ? parseTime(value) : null;
  if (time === null) throw invalid('DateTime must be an RFC 3339 time such as 2030-01-31T12:00:00Z');
  return time;
}

function requireString(scalar: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalid(`${scalar} must be a string`);
}

function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('JSONObject must be an object');
  if (!mayFitInJson(value, JSON_OBJECT_MAX_BYTES))
    throw invalid(`JSONObject must have at most ${JSON_OBJECT_MAX_BYTES} bytes`);
  const inexact = findInexact(value);
  if (inexact !== null) throw invalid(`JSONObject at "${inexact}": ${INEXACT}`);
  return value as Record<string, unknown>;
}

function requireSafeInteger({ value }: { readonly value: string }): void {
  if (!Number.isSafeInteger(Number(value))) throw invalid(`JSONObject: ${INEXACT}`);
}

/** The message is sent to the client, so it must not quote the value. */
function invalid(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message);
}
