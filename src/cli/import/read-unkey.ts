import { createHash } from 'node:crypto';
import type { ByteSource } from './byte-source.ts';
import { Fields, parseRecord } from './fields.ts';
import { type Hashed, hashPlain, sha256Hex } from './hashes.ts';
import { readJsonValues } from './json-values.ts';
import { rejected, type SourceRecord } from './record.ts';

/**
 * Reads keys of Unkey: the input of its migration endpoints (`/v2/keys.migrateKeys`, and the former
 * `/v1/migrations.createKeys`), and the responses of `/v2/apis.listKeys`, with `plaintext` if they were decrypted.
 */
export async function* readUnkey({ chunks }: ByteSource): AsyncGenerator<SourceRecord> {
  for await (const { line, bytes } of readJsonValues(chunks)) {
    const value = parseRecord(bytes);
    yield typeof value === 'string' ? rejected(line, [value]) : readKey(line, value);
  }
}

function readKey(line: number, value: Readonly<Record<string, unknown>>): SourceRecord {
  const fields = new Fields(value);
  const lost: string[] = [];
  const hashed = readHash(fields);
  const id = fields.filled('keyId') ?? fields.filled('id') ?? (hashed && idFromHash(hashed.hash));
  const start = fields.filled('start');
  const [role, ...roles] = fields.texts('roles') ?? [];
  if (roles.length > 0) lost.push('roles');
  const credits = readCredits(fields, lost);
  const identity = fields.object('identity');
  const environment = fields.text('environment');
  const rest = {
    name: fields.filled('name') ?? start ?? `Key ${id ?? ''}`,
    start: start !== undefined && start.length >= 4 ? start : undefined,
    environment:
      environment === 'live' || environment === 'test' ? (environment as 'live' | 'test') : undefined,
    externalId:
      fields.filled('externalId') ??
      fields.filled('ownerId') ??
      (identity && new Fields(identity).filled('externalId')),
    metadata: fields.json('meta'),
    role,
    grants: fields.texts('permissions'),
    rateLimit: readRateLimit(fields, lost),
    enabled: (fields.flag('enabled') ?? true) && credits !== 'used up',
    createdAt: fields.time('createdAt'),
    expiresAt: fields.time('expires'),
    lastUsedAt: fields.time('lastUsedAt'),
  };
  if (fields.time('deletedAt') !== undefined) fields.fault('deletedAt', 'the key was deleted');
  if (roles.length > 0) fields.fault('roles', 'a key can have one role: combine them with --map-role');
  if (!hashed || id === undefined || fields.faults.length > 0) return rejected(line, fields.faults, id);
  return { type: 'key', line, key: { foreignId: id, ...hashed, ...rest }, lost };
}

function readHash(fields: Fields): Hashed | undefined {
  const plaintext = fields.filled('plaintext');
  const hash = fields.any('hash');
  if (hash === undefined && plaintext !== undefined) return hashPlain(fields, 'plaintext', plaintext);
  if (hash === undefined) return fields.fault('hash', 'is required, or plaintext');
  if (typeof hash === 'string') return digest(fields, 'hash', hash);
  return fields.nested('hash', (inner) => {
    if (inner.text('variant') !== 'sha256_base64') return inner.fault('variant', 'must be sha256_base64');
    return digest(inner, 'value', inner.text('value') ?? '');
  });
}

function digest(fields: Fields, name: string, text: string): Hashed | undefined {
  const hash = sha256Hex(text);
  return hash === null
    ? fields.fault(name, 'must be the SHA-256 hash of the whole key, in base64')
    : { hash, algorithm: 'SHA256' as const };
}

/** The migration formats have no IDs. The same hash always has the same ID, which doesn't reveal it. */
function idFromHash(hash: string): string {
  return `unkey-${createHash('sha256').update(hash).digest('hex').slice(0, 32)}`;
}

/** Keywright doesn't count down uses. A key without any left must not become usable. */
function readCredits(fields: Fields, lost: string[]): 'used up' | undefined {
  const credits = fields.object('credits');
  const inner = credits && new Fields(credits);
  const remaining = inner?.whole('remaining') ?? fields.whole('remaining');
  if (remaining === undefined) return undefined;
  lost.push('credits');
  const refill = inner?.any('refill') ?? fields.any('refill');
  return remaining === 0 && refill === undefined ? 'used up' : undefined;
}

/** The rate limit that applies to each verification. Others have to be named in a verification, and are lost. */
function readRateLimit(fields: Fields, lost: string[]) {
  const listed = fields.any('ratelimits') ?? fields.any('ratelimit') ?? [];
  const limits = (Array.isArray(listed) ? listed : [listed]).filter(
    (one): one is Record<string, unknown> => typeof one === 'object' && one !== null,
  );
  const applied = limits.filter(({ autoApply }) => autoApply !== false);
  if (applied.length < limits.length || applied.length > 1) lost.push('ratelimits');
  const [first] = applied;
  if (!first) return undefined;
  const inner = new Fields(first, 'ratelimits.');
  const duration = inner.whole('duration') ?? inner.whole('refillInterval');
  const limit = inner.whole('refillRate') ?? inner.whole('limit');
  if (limit === undefined) inner.fault('limit', 'is required');
  if (duration === undefined) inner.fault('duration', 'is required');
  fields.faults.push(...inner.faults);
  if (limit === undefined || duration === undefined) return undefined;
  return { limit, windowSeconds: Math.max(1, Math.ceil(duration / 1000)) };
}
