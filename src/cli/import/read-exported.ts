import type { RestoredKey, RestoredSecret } from '../../keys/export/read-restored-keys.ts';
import { Fields } from './fields.ts';
import { algorithmIn } from './hashes.ts';

/** A key of an export, with names. */
export type NamedKey = Omit<RestoredKey, 'roleId' | 'teamIds'> & {
  readonly role: string | null;
  readonly teams: readonly string[];
};

/** The key in a line of an export, or the reasons why the line is rejected. */
export function readExportedKey(value: Readonly<Record<string, unknown>>): NamedKey | readonly string[] {
  const fields = new Fields(value);
  const environment = fields.text('environment');
  if (environment !== 'live' && environment !== 'test') fields.fault('environment', 'must be live or test');
  fields.any('type');
  const key: NamedKey = {
    foreignId: required(fields, 'foreignId', fields.filled('foreignId'), ''),
    name: required(fields, 'name', fields.filled('name'), ''),
    description: fields.filled('description') ?? null,
    environment: environment === 'test' ? 'test' : 'live',
    role: fields.filled('role') ?? null,
    grants: fields.texts('grants') ?? [],
    teams: fields.texts('teams') ?? [],
    ipAllowlist: fields.texts('ipAllowlist') ?? [],
    rateLimit: readRateLimit(fields) ?? null,
    externalId: fields.filled('externalId') ?? null,
    metadata: fields.object('metadata') ?? {},
    enabled: required(fields, 'enabled', fields.flag('enabled'), false),
    createdAt: required(fields, 'createdAt', fields.time('createdAt'), 0),
    updatedAt: required(fields, 'updatedAt', fields.time('updatedAt'), 0),
    rotatedAt: required(fields, 'rotatedAt', fields.time('rotatedAt'), 0),
    expiresAt: fields.time('expiresAt') ?? null,
    revokedAt: fields.time('revokedAt') ?? null,
    revocationReason: fields.filled('revocationReason') ?? null,
    lastUsedAt: fields.time('lastUsedAt') ?? null,
    lastUsedIp: fields.filled('lastUsedIp') ?? null,
    secrets: (fields.objects('secrets') ?? []).map((secret, place) => readSecret(fields, secret, place)),
  };
  fields.refuseOthers();
  return fields.faults.length > 0 ? fields.faults : key;
}

function readSecret(outer: Fields, value: Record<string, unknown>, place: number): RestoredSecret {
  const fields = new Fields(value, `secrets.${place}.`);
  const secret: RestoredSecret = {
    algorithm: required(fields, 'algorithm', algorithmIn(fields, 'algorithm'), 'SHA256'),
    hash: required(fields, 'hash', fields.filled('hash'), ''),
    start: fields.text('start') ?? '',
    createdAt: required(fields, 'createdAt', fields.time('createdAt'), 0),
    replacedAt: fields.time('replacedAt') ?? null,
    expiresAt: fields.time('expiresAt') ?? null,
    revokedAt: fields.time('revokedAt') ?? null,
    lastUsedAt: fields.time('lastUsedAt') ?? null,
    uses: required(fields, 'uses', fields.whole('uses'), 0),
  };
  fields.refuseOthers();
  outer.faults.push(...fields.faults);
  return secret;
}

function readRateLimit(fields: Fields) {
  return fields.nested('rateLimit', (inner) => ({
    limit: required(inner, 'limit', inner.whole('limit'), 0),
    windowSeconds: required(inner, 'windowSeconds', inner.whole('windowSeconds'), 0),
  }));
}

function required<T>(fields: Fields, name: string, value: T | undefined, standIn: T): T {
  if (value === undefined) fields.fault(name, 'is required');
  return value ?? standIn;
}
