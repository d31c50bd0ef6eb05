import type { ByteSource } from './byte-source.ts';
import { Fields, isObject, parseRecord } from './fields.ts';
import { hashPlain, sha256Hex } from './hashes.ts';
import { readJsonValues } from './json-values.ts';
import { rejected, type SourceRecord } from './record.ts';

/** Columns that change with each use, or only describe the row. */
const TRANSIENT = ['requestCount', 'lastRefillAt', 'updatedAt'];

/** How the secrets of the source are stored. */
export interface BetterAuthOptions {
  /** Whether better-auth ran with `disableKeyHashing`: the column `key` has the secrets themselves. */
  readonly plain: boolean;
}

/** Reads rows of better-auth's table `apikey` from JSON. */
export async function* readBetterAuthJson(
  { chunks }: ByteSource,
  options: BetterAuthOptions,
): AsyncGenerator<SourceRecord> {
  for await (const { line, bytes } of readJsonValues(chunks)) {
    const value = parseRecord(bytes);
    yield typeof value === 'string' ? rejected(line, [value]) : readRow(line, value, options);
  }
}

/** Reads rows of better-auth's table `apikey`. */
export async function* readBetterAuthRows(
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
  options: BetterAuthOptions,
): AsyncGenerator<SourceRecord> {
  let row = 0;
  for await (const value of rows) {
    row += 1;
    yield readRow(row, value, options);
  }
}

function readRow(
  line: number,
  value: Readonly<Record<string, unknown>>,
  { plain }: BetterAuthOptions,
): SourceRecord {
  const fields = new Fields(value);
  const lost: string[] = [];
  const id = fields.filled('id') ?? fields.fault('id', 'is required');
  const stored = fields.filled('key');
  const hashed = stored === undefined ? fields.fault('key', 'is required') : readHash(fields, stored, plain);
  const start = readStart(fields);
  const isUsedUp = readRemaining(fields, lost);
  const configuration = fields.filled('configId');
  if (configuration !== undefined && configuration !== 'default') lost.push('configId');
  for (const name of TRANSIENT) fields.any(name);
  const key = {
    name: fields.filled('name') ?? start ?? `Key ${id ?? ''}`,
    start,
    // Before version 1.5, the owner was always a user.
    externalId: fields.filled('referenceId') ?? fields.filled('userId'),
    rateLimit: readRateLimit(fields),
    grants: readPermissions(fields),
    metadata: fields.json('metadata'),
    enabled: (fields.flag('enabled') ?? true) && !isUsedUp,
    createdAt: fields.time('createdAt'),
    expiresAt: fields.time('expiresAt'),
    lastUsedAt: fields.time('lastRequest'),
  };
  if (!hashed || id === undefined || fields.faults.length > 0) return rejected(line, fields.faults, id);
  return { type: 'key', line, key: { foreignId: id, ...hashed, ...key }, lost };
}

function readHash(fields: Fields, stored: string, plain: boolean) {
  if (plain) return hashPlain(fields, 'key', stored);
  const hash = sha256Hex(stored);
  return hash === null
    ? fields.fault('key', 'is not a SHA-256 hash: if better-auth ran with disableKeyHashing, add --plain')
    : { hash, algorithm: 'SHA256' as const };
}

/** The prefix is part of the secret, and may be longer than the first characters that are stored. */
function readStart(fields: Fields): string | undefined {
  const start = fields.filled('start') ?? '';
  const prefix = fields.filled('prefix') ?? '';
  const longer = prefix.startsWith(start) ? prefix : start;
  return longer.length >= 4 ? longer.slice(0, 32) : undefined;
}

/** Keywright doesn't count down uses. A key without any left must not become usable. */
function readRemaining(fields: Fields, lost: string[]): boolean {
  const remaining = fields.whole('remaining');
  const refill = fields.whole('refillAmount');
  const interval = fields.whole('refillInterval');
  if (remaining === undefined) return false;
  lost.push('remaining');
  return remaining === 0 && (refill === undefined || interval === undefined);
}

function readRateLimit(fields: Fields) {
  const limit = fields.whole('rateLimitMax');
  const milliseconds = fields.whole('rateLimitTimeWindow');
  const isEnabled = fields.flag('rateLimitEnabled') ?? true;
  if (!isEnabled || limit === undefined || milliseconds === undefined) return undefined;
  return { limit, windowSeconds: Math.max(1, Math.ceil(milliseconds / 1000)) };
}

/** `{"files": ["read"]}` as `files.read`. */
function readPermissions(fields: Fields): string[] | undefined {
  const permissions = fields.json('permissions');
  if (!isObject(permissions)) return undefined;
  return Object.entries(permissions).flatMap(([resource, actions]) => {
    if (Array.isArray(actions) && actions.every((action) => typeof action === 'string'))
      return actions.map((action) => `${resource}.${action}`);
    fields.fault('permissions', 'must have a list of actions for each resource');
    return [];
  });
}
