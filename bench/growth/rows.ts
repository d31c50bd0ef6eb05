import { NEVER } from '../../db/tables/tables.ts';
import { newId } from '../../src/core/ids.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import type { Rows, Value } from '../filling.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Number of keys per external id, and per creator. */
const KEYS_PER_CUSTOMER = 10;

/** The organization of all keys, with the objects that they refer to. */
export interface Owner {
  readonly organizationId: string;
  /** Roles of unrevoked keys. */
  readonly roleIds: readonly string[];
  /** Role and team of revoked keys, which can therefore be deleted. */
  readonly retiredRoleId: string;
  readonly teamIds: readonly string[];
  readonly retiredTeamId: string;
  /** The creators of the keys, who are also the actors in the audit log. */
  readonly userIds: readonly string[];
}

/** The rows of one key. */
export type KeyRows = Rows<keyof typeof COLUMNS>;

/** The tables to fill. */
export const COLUMNS = {
  api_keys: {
    names:
      'id organization_id name name_key description environment start search_text role_id grants ip_allowlist ' +
      'rate_limit rate_window_seconds external_id metadata enabled created_at created_by updated_at rotated_at ' +
      'expires_at revoked_at revoked_by expiry_recorded_at',
    types:
      'text text text text text text text text text text text int int text text int bigint text bigint bigint ' +
      'bigint bigint text bigint',
  },
  api_key_secrets: {
    names: 'id api_key_id hash start created_at expires_at',
    types: 'text text text text bigint bigint',
  },
  api_key_usage: {
    names: 'api_key_id organization_id last_used_at last_used_ip',
    types: 'text text bigint text',
  },
  api_key_secret_usage: { names: 'secret_id last_used_at uses', types: 'text bigint bigint' },
  api_key_teams: { names: 'api_key_id team_id', types: 'text text' },
  api_key_usage_buckets: {
    names: 'api_key_id granularity start organization_id verified denied',
    types: 'text text bigint text bigint bigint',
  },
  audit_log: {
    names: 'id organization_id sequence action actor target_id changes ip occurred_at',
    types: 'text text bigint text text text text text bigint',
  },
} as const;

/** A fixed sequence of numbers from 0 to 1, so that databases of one size have the same contents. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    // A linear congruential generator (Numerical Recipes): enough to spread rows.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * The rows of the key with this number, as of `now`. Of 100 keys, 30 are revoked, 5 disabled and 10 expired. A fifth
 * belongs to the test environment, a third to a team, and four fifths have been used. Each has two audit entries and
 * five usage buckets.
 */
export function keyRows(
  index: number,
  first: number,
  owner: Owner,
  random: () => number,
  now: number,
): KeyRows {
  const { organizationId, roleIds, userIds, teamIds } = owner;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const [id, secretId, kind] = [newId('key'), newId('sec'), random()];
  const environment = random() < 0.2 ? 'test' : 'live';
  // As random as that of a secret: a search for a part of one finds few keys.
  const start = `kw_${environment}_${Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0')}`;
  const name = `${pick(ADJECTIVES)} ${pick(NOUNS)} ${index}`;
  const createdAt = now - Math.floor(random() * 400 * DAY_MS);
  const lastUsed = random() < 0.8 ? createdAt + Math.floor(random() * (now - createdAt)) : 0;
  const revoked = kind < 0.3;
  const expired = kind >= 0.35 && kind < 0.45;
  const expiresAt = expired
    ? now - Math.floor(random() * 30 * DAY_MS) - 1
    : random() < 0.3
      ? now + Math.floor(random() * 365 * DAY_MS) + 60_000
      : NEVER;
  const creator = pick(userIds);
  const rotatedAt = createdAt + Math.floor(random() * (now - createdAt));
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const entry = (number: number, action: string, at: number): Value[] => [
    ...[newId('evt'), organizationId, first + number, action, pick(userIds), id, '{}', '203.0.113.7', at],
  ];
  return {
    api_keys: [
      [
        ...[id, organizationId, name, name.toLowerCase(), null, environment, start],
        ...[`${name.toLowerCase()} ${id} ${start}`, revoked ? owner.retiredRoleId : pick(roleIds)],
        ...['["prompt.render"]', '[]', null, null, `customer-${Math.floor(index / KEYS_PER_CUSTOMER)}`, '{}'],
        ...[kind >= 0.3 && kind < 0.35 ? 0 : 1, createdAt, creator, rotatedAt, rotatedAt, expiresAt],
        ...[revoked ? now - 1 : null, revoked ? creator : null, expired ? now - 1 : null],
      ],
    ],
    api_key_secrets: [[secretId, id, hashSecret(`${start}${id}`), start, createdAt, NEVER]],
    api_key_usage: [[id, organizationId, lastUsed, lastUsed ? '203.0.113.7' : null]],
    api_key_secret_usage: [[secretId, lastUsed, lastUsed ? index % 1_000 : 0]],
    api_key_teams: revoked ? [[id, owner.retiredTeamId]] : random() < 0.33 ? [[id, pick(teamIds)]] : [],
    api_key_usage_buckets: Array.from({ length: 5 }, (_, back) => [
      ...[id, 'hour', hour - (back * 5 + (index % 5)) * HOUR_MS, organizationId, index % 97, index % 3],
    ]),
    audit_log: [
      entry(1, 'api_key.created', createdAt),
      entry(2, pick(ACTIONS), Math.min(now, createdAt + DAY_MS)),
    ],
  };
}

const ADJECTIVES = ['Nightly', 'Internal', 'Staging', 'Billing', 'Partner', 'Mobile', 'Legacy', 'Regional'];
const NOUNS = ['export', 'pipeline', 'gateway', 'importer', 'dashboard', 'worker', 'webhook', 'crawler'];
const ACTIONS = ['api_key.updated', 'api_key.rotated', 'api_key.revoked', 'api_key.expired'];
