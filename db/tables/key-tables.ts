import type { ColumnType, Generated } from 'kysely';
import type { Fixed } from './column-types.ts';

export interface ApiKeysTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  name: string;
  /** The name folded for sorting, so that both engines sort alike. */
  name_key: string;
  description: string | null;
  environment: Fixed<'live' | 'test'>;
  /** Display form of the newest secret. */
  start: string;
  /** Folded name, description, id and the display forms of all secrets: the text that `search` matches. */
  search_text: string;
  role_id: string | null;
  /** JSON: permission names. */
  grants: string;
  /** JSON: networks in normal form. */
  ip_allowlist: string;
  rate_limit: number | null;
  rate_window_seconds: number | null;
  external_id: string | null;
  /** JSON object. */
  metadata: string;
  enabled: number;
  created_at: Fixed<number>;
  created_by: Fixed<string>;
  updated_at: number;
  /** When the newest secret was created. Rotation is due a number of days later. */
  rotated_at: number;
  /** NEVER if the key doesn't expire. */
  expires_at: number;
  revoked_at: number | null;
  revoked_by: string | null;
  revocation_reason: string | null;
  /** When the current expiry was recorded in the audit log. Null: not yet. */
  expiry_recorded_at: number | null;
  /** Its ID in the system that it was imported from, unique in the organization. Null: not imported. */
  foreign_id: Fixed<string | null>;
}

/** Number of keys of an organization by role and state, written only by triggers. Rows with a count of 0 may remain. */
export interface ApiKeyCountsTable {
  organization_id: Fixed<string>;
  /** Empty: no role, or the keys are revoked. */
  role_id: Fixed<string>;
  /** State of unrevoked, enabled keys: `expired` once the expiry is recorded, until then `open`. */
  state: Fixed<'open' | 'expired' | 'disabled' | 'revoked'>;
  keys: Fixed<number>;
}

/** SQLite only: numbers that identify keys in the search index. The organization owns the first one. */
export interface ApiKeyDocumentsTable {
  number: Fixed<number>;
  organization_id: Fixed<string>;
  api_key_id: Fixed<string>;
}

export interface ApiKeyTeamsTable {
  api_key_id: Fixed<string>;
  team_id: Fixed<string>;
}

export interface ApiKeySecretsTable {
  id: Fixed<string>;
  api_key_id: Fixed<string>;
  /**
   * SHA-256 of the secret, hexadecimal; of an imported secret that was not used yet, its hash in a form of
   * `stored-hash.ts`. It is only used to look up secrets.
   */
  hash: string;
  start: Fixed<string>;
  created_at: Fixed<number>;
  /** When a newer secret replaced it. Null for the newest. */
  replaced_at: number | null;
  /** End of the overlap after a rotation. NEVER for the newest. */
  expires_at: number;
  revoked_at: number | null;
  /** When the end of its overlap was recorded in the audit log. Null: not yet. */
  expiry_recorded_at: number | null;
  /** Of a secret that was imported by a password hash: the organization of its key. Null for others. */
  candidate_organization_id: Fixed<string | null | undefined>;
}

/** Forms of imported secrets in the installation. Rows are never removed. */
export interface ImportedFormsTable {
  /** See `imported-forms.ts`. */
  form: Fixed<string>;
}

/** Last use of a key. Separate from the key, which changes only when someone changes it. */
export interface ApiKeyUsageTable {
  api_key_id: Fixed<string>;
  organization_id: Fixed<string>;
  /** NOT_YET if the key was never used. */
  last_used_at: number;
  last_used_ip: string | null;
}

export interface ApiKeySecretUsageTable {
  secret_id: Fixed<string>;
  last_used_at: number;
  uses: number;
  /**
   * From when its verifications are in buckets of its own. 0: since it was created. Null: it is the only current secret
   * of its key, so that the buckets of the key and of the other secrets tell its own.
   */
  counted_from: ColumnType<number | null, number | null | undefined, number | null>;
}

/** Verifications of a secret, from its `counted_from`. */
export interface ApiKeySecretUsageBucketsTable {
  secret_id: Fixed<string>;
  granularity: Fixed<'minute' | 'hour' | 'day'>;
  start: Fixed<number>;
  verified: number;
  denied: number;
}

export interface ApiKeyUsageBucketsTable {
  api_key_id: Fixed<string>;
  organization_id: Fixed<string>;
  granularity: Fixed<'minute' | 'hour' | 'day'>;
  start: Fixed<number>;
  verified: number;
  denied: number;
}

/**
 * The sums of the buckets of an organization's keys, written in minutes and hours. Hours become days when they are no
 * longer kept, so a day is the sum of its row and its hours.
 */
export interface OrganizationUsageBucketsTable {
  organization_id: Fixed<string>;
  granularity: Fixed<'minute' | 'hour' | 'day'>;
  start: Fixed<number>;
  verified: number;
  denied: number;
}

/** Denied verifications of one minute with the same key, code and address. */
export interface DenialsTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  /** Start of the minute. */
  minute: Fixed<number>;
  /** Of the first one. */
  occurred_at: Fixed<number>;
  code: Fixed<string>;
  /** A key, or empty: unknown, or `*`: counted without key and address, because there were too many. */
  subject: Fixed<string>;
  /** The subject if it is a key. */
  api_key_id: Fixed<string | null>;
  /** Empty: not provided. */
  ip: Fixed<string>;
  count: number;
}

/** SQLite only: usage that is on disk, but not yet in the tables above. */
export interface UsageJournalTable {
  id: Fixed<string>;
  /** JSON: version and entries as src/usage/entries.ts encodes them. */
  activities: Fixed<string>;
  /** Null in rows written by a server of the previous release. */
  writer: Fixed<string | null>;
  number: Fixed<number | null>;
  /** Range of keys. -1 in rows written by a server of the previous release. */
  shard: Generated<number>;
  /** Number of keys. */
  keys: Generated<number>;
}

/** The processes that write usage. */
export interface UsageWritersTable {
  writer: Fixed<string>;
  /** Number of the last batch. Batches with this or a lower number are dropped. */
  number: number;
  /** Time of the last batch by the database's clock, milliseconds since the epoch. */
  written_at: number;
}
