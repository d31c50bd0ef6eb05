import type { Generated } from 'kysely';
import type { Fixed } from './column-types.ts';

export interface ApiKeysTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  name: string;
  /** The name folded for ordering, so that both engines order alike. */
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
  /** When the newest secret was created: rotation is due some days after it. */
  rotated_at: number;
  /** NEVER if the key doesn't expire. */
  expires_at: number;
  revoked_at: number | null;
  revoked_by: string | null;
  revocation_reason: string | null;
  /** When the log took note of the present expiry; null: not yet. */
  expiry_recorded_at: number | null;
}

/** Number of keys of an organization by role and state, written only by triggers. Rows with a count of 0 may remain. */
export interface ApiKeyCountsTable {
  organization_id: Fixed<string>;
  /** Empty: without a role, and for revoked keys. */
  role_id: Fixed<string>;
  /** Of an unrevoked, enabled key: `expired` once its expiry is recorded, before that `open`. */
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
  /** SHA-256 of the secret, hexadecimal. Selected by no query: secrets are only looked up by it. */
  hash: Fixed<string>;
  start: Fixed<string>;
  created_at: Fixed<number>;
  /** When a newer secret replaced it; null for the newest. */
  replaced_at: number | null;
  /** End of the overlap after a rotation; NEVER for the newest. */
  expires_at: number;
  revoked_at: number | null;
  /** When the log took note that its overlap ran out; null: not yet. */
  expiry_recorded_at: number | null;
}

/** Last use of a key: apart from the key, which changes only when someone changes it. */
export interface ApiKeyUsageTable {
  api_key_id: Fixed<string>;
  organization_id: Fixed<string>;
  /** NOT_YET where the key was never used. */
  last_used_at: number;
  last_used_ip: string | null;
}

export interface ApiKeySecretUsageTable {
  secret_id: Fixed<string>;
  last_used_at: number;
  uses: number;
}

export interface ApiKeyUsageBucketsTable {
  api_key_id: Fixed<string>;
  organization_id: Fixed<string>;
  granularity: Fixed<'minute' | 'hour' | 'day'>;
  start: Fixed<number>;
  verified: number;
  denied: number;
}

/** The sum of the buckets of an organization's keys, minutes and hours only: what the last day is read from. */
export interface OrganizationUsageBucketsTable {
  organization_id: Fixed<string>;
  granularity: Fixed<'minute' | 'hour'>;
  start: Fixed<number>;
  verified: number;
  denied: number;
}

/** SQLite only: usage that is on disk and not yet in the tables above. */
export interface UsageJournalTable {
  id: Fixed<string>;
  /** JSON: version and entries as src/usage/entries.ts encodes them. */
  activities: Fixed<string>;
  /** Null in rows that a server of the release before wrote. */
  writer: Fixed<string | null>;
  number: Fixed<number | null>;
  /** Which keys: -1 in rows that a server of the release before wrote. */
  shard: Generated<number>;
  /** How many keys. */
  keys: Generated<number>;
}

/** The processes that write usage. */
export interface UsageWritersTable {
  writer: Fixed<string>;
  /** Of the last batch written: one of this number or below is dropped. */
  number: number;
  /** When, by the database's clock; milliseconds since the epoch. */
  written_at: number;
}
