import type { ByteSource } from './byte-source.ts';
import { Fields, parseRecord } from './fields.ts';
import { algorithmIn, hashPlain } from './hashes.ts';
import { readLines } from './lines.ts';
import { type ForeignKey, rejected, type SourceRecord } from './record.ts';

/** Reads JSON Lines: keys with the fields of `ImportApiKeyInput`, or an export of Keywright. */
export async function* readJsonl({ chunks }: ByteSource): AsyncGenerator<SourceRecord> {
  for await (const { line, bytes } of readLines(chunks)) {
    if (bytes?.every(isSpace)) continue;
    const value = parseRecord(bytes);
    if (typeof value === 'string') yield rejected(line, [value]);
    else if ('type' in value) yield { type: 'export', line, value };
    else yield readKey(line, value);
  }
}

/** A key with the fields of `ImportApiKeyInput`. Roles and teams can have names instead of IDs. */
export function readKey(line: number, value: Readonly<Record<string, unknown>>): SourceRecord {
  const fields = new Fields(value);
  const key = readFields(fields);
  fields.refuseOthers();
  if (!key || fields.faults.length > 0) return rejected(line, fields.faults, value.foreignId);
  return { type: 'key', line, key, lost: [] };
}

function readFields(fields: Fields): ForeignKey | undefined {
  const foreignId = fields.filled('foreignId') ?? fields.fault('foreignId', 'is required');
  const name = fields.filled('name') ?? fields.fault('name', 'is required');
  const hashed = readHash(fields);
  const environment = fields.text('environment')?.toLowerCase();
  if (environment !== undefined && environment !== 'live' && environment !== 'test')
    fields.fault('environment', 'must be LIVE or TEST');
  const rest = {
    additionalHashes: fields.texts('additionalHashes'),
    start: fields.filled('start'),
    environment: environment as 'live' | 'test' | undefined,
    description: fields.filled('description'),
    role: fields.filled('roleId') ?? fields.filled('role'),
    grants: fields.texts('grants'),
    teams: fields.texts('teamIds') ?? fields.texts('teams'),
    ipAllowlist: fields.texts('ipAllowlist'),
    rateLimit: readRateLimit(fields),
    externalId: fields.filled('externalId'),
    metadata: fields.json('metadata'),
    enabled: fields.flag('enabled'),
    createdAt: fields.time('createdAt'),
    expiresAt: fields.time('expiresAt'),
    lastUsedAt: fields.time('lastUsedAt'),
  };
  return foreignId && name && hashed ? { foreignId, name, ...hashed, ...rest } : undefined;
}

function readHash(fields: Fields) {
  const hash = fields.filled('hash');
  const algorithm = algorithmIn(fields, 'algorithm');
  const secret = fields.filled('secret');
  if (secret !== undefined && hash === undefined && algorithm === undefined)
    return hashPlain(fields, 'secret', secret);
  if (secret !== undefined) return fields.fault('secret', 'can’t be combined with hash or algorithm');
  if (hash === undefined) return fields.fault('hash', 'is required');
  if (fields.any('algorithm') === undefined) fields.fault('algorithm', 'is required');
  return algorithm && { hash, algorithm };
}

function readRateLimit(fields: Fields) {
  return fields.nested('rateLimit', (inner) => {
    const limit = inner.whole('limit') ?? inner.fault('limit', 'is required');
    const windowSeconds = inner.whole('windowSeconds') ?? inner.fault('windowSeconds', 'is required');
    inner.refuseOthers();
    return limit !== undefined && windowSeconds !== undefined ? { limit, windowSeconds } : undefined;
  });
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}
