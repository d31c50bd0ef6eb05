import type { ColumnType, Generated, Insertable, Selectable, SelectType } from 'kysely';

/*
 * One set of tables for both engines. Times are milliseconds since the Unix epoch, flags are 0 or 1, JSON is text: what
 * SQLite and PostgreSQL store alike.
 */

/** `expires_at` of what never expires: larger than every time, so that comparing needs no special case. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** `last_used_at` of what was never used. */
export const NOT_YET = 0;

/** A column that only the insert sets. */
type Fixed<T> = ColumnType<T, T, never>;

export interface OrganizationsTable {
  id: Fixed<string>;
  name: string;
  slug: Fixed<string>;
  key_prefix: string;
  max_active_api_keys: number | null;
  rotation_live_days: number | null;
  rotation_test_days: number | null;
  /** JSON: the organization's own permissions, `[{name, description}]`. */
  permission_catalog: string;
  created_at: Fixed<number>;
}

/** One narrow row an organization: the lock that puts its changes into an order, and the number of the last one. */
export interface OrganizationSequencesTable {
  organization_id: Fixed<string>;
  value: number;
}

export interface UsersTable {
  id: Fixed<string>;
  /** Lower-case. */
  email: string;
  name: string | null;
  created_at: Fixed<number>;
}

export interface MembershipsTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  user_id: Fixed<string>;
  role_id: string;
  /** As the organization knows the person; null: by the e-mail address alone. */
  name: string | null;
  created_at: Fixed<number>;
  /** Null: invited, not joined yet. */
  joined_at: number | null;
  /** 0: joined with a link that someone else has seen; no session reaches it but those that are limited to it. */
  confirmed: Generated<number>;
  /**
   * The user, key or operator token that decided on the invitation: the membership can be joined while that may invite.
   * Null: the command line, or a release that didn't record it.
   */
  invited_by: string | null;
}

export interface MembershipTeamsTable {
  membership_id: Fixed<string>;
  team_id: Fixed<string>;
}

export interface TeamsTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  name: string;
  /** The name folded for comparing: unique in the organization. */
  name_key: string;
  created_at: Fixed<number>;
}

export interface RolesTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  name: string;
  name_key: string;
  description: string | null;
  /** JSON: permission names. */
  permissions: string;
  is_system: Fixed<number>;
  created_at: Fixed<number>;
  /** Null: it exists. A deleted role stays while revoked keys refer to it, without permissions; nothing else does. */
  deleted_at: number | null;
}

/** A view of the roles that exist: what every read of roles reads. */
export type CurrentRolesView = {
  [Column in Exclude<keyof RolesTable, 'deleted_at'>]: ColumnType<
    SelectType<RolesTable[Column]>,
    never,
    never
  >;
};

export interface SignInTokensTable {
  hash: Fixed<string>;
  user_id: Fixed<string>;
  created_at: Fixed<number>;
  expires_at: Fixed<number>;
  /** The organization that it invites to, whose invitation it ends with; null: it is no invitation. */
  invites_to: Fixed<string | null>;
  /** The only organization that a session by it reaches; null: all of the user's. */
  limited_to: Fixed<string | null>;
  /**
   * JSON: the permissions that its creator held in that organization; a membership with more ends it. Null: not limited,
   * or created by a release that didn't record them.
   */
  ceiling: Fixed<string | null>;
  /** As `invited_by`: the link of an invitation works while its creator may invite. */
  created_by: Fixed<string | null>;
}

export interface SessionsTable {
  id: Fixed<string>;
  hash: Fixed<string>;
  user_id: Fixed<string>;
  /** The only organization that it reaches; null: all of the user's. */
  limited_to: Fixed<string | null>;
  /** That of the link with which it began. */
  ceiling: Fixed<string | null>;
  created_at: Fixed<number>;
  expires_at: Fixed<number>;
  last_seen_at: number;
}

/** Whom an OpenID provider means by a subject. A user has one at most. */
export interface UserIdentitiesTable {
  issuer: Fixed<string>;
  subject: Fixed<string>;
  user_id: Fixed<string>;
  created_at: Fixed<number>;
}

/** Sign-ins with an OpenID provider that are done, until they would be too old anyway: none is done twice. */
export interface UsedOidcFlowsTable {
  state_hash: Fixed<string>;
  expires_at: Fixed<number>;
}

export interface OperatorTokensTable {
  id: Fixed<string>;
  name: Fixed<string>;
  hash: Fixed<string>;
  created_at: Fixed<number>;
  revoked_at: number | null;
}

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
  /** Folded name, description, id and the display forms of all secrets: what `search` looks in. */
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

/** How many keys an organization has, by role and state; written by triggers alone. Rows of no keys may stay. */
export interface ApiKeyCountsTable {
  organization_id: Fixed<string>;
  /** Empty: without a role, and for revoked keys. */
  role_id: Fixed<string>;
  /** Of an unrevoked, enabled key: `expired` once its expiry is recorded, before that `open`. */
  state: Fixed<'open' | 'expired' | 'disabled' | 'revoked'>;
  keys: Fixed<number>;
}

/** On SQLite alone: the numbers by which the index for searching knows keys; the first of an organization is its own. */
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

export interface AuditLogTable {
  id: Fixed<string>;
  organization_id: Fixed<string>;
  sequence: Fixed<number>;
  action: Fixed<string>;
  /** A user's or key's id, or a system actor's name. */
  actor: Fixed<string>;
  target_id: Fixed<string>;
  /** JSON: field to [before, after]. */
  changes: Fixed<string>;
  ip: Fixed<string | null>;
  user_agent: Fixed<string | null>;
  occurred_at: Fixed<number>;
}

/** A server that runs on this database, or ran until a moment ago. */
export interface NodesTable {
  id: Fixed<string>;
  /** For people to know it by. */
  name: string;
  /** Grows by one each time the node proves that it hears the others. */
  beat: number;
  /** How long after that it may go by what it caches. */
  lease_ms: number;
  /** Grows each time its rows in `node_watches` change. */
  watching: number;
  /** What its confirmations are signed with, new with every connection; null: of a program that signs none. */
  secret: string | null;
}

/** Someone at this node watches uses and denials of this organization. */
export interface NodeWatchesTable {
  node_id: Fixed<string>;
  organization_id: Fixed<string>;
}

/** Uses and denials on their way to the other nodes. */
export interface RelayedUsageTable {
  node_id: Fixed<string>;
  /** Counts what the node has sent. */
  number: Fixed<number>;
  /** JSON: list of events. */
  events: Fixed<string>;
}

export interface Tables {
  organizations: OrganizationsTable;
  organization_sequences: OrganizationSequencesTable;
  users: UsersTable;
  memberships: MembershipsTable;
  membership_teams: MembershipTeamsTable;
  teams: TeamsTable;
  roles: RolesTable;
  current_roles: CurrentRolesView;
  sign_in_tokens: SignInTokensTable;
  sessions: SessionsTable;
  user_identities: UserIdentitiesTable;
  used_oidc_flows: UsedOidcFlowsTable;
  operator_tokens: OperatorTokensTable;
  api_keys: ApiKeysTable;
  api_key_counts: ApiKeyCountsTable;
  api_key_documents: ApiKeyDocumentsTable;
  api_key_teams: ApiKeyTeamsTable;
  api_key_secrets: ApiKeySecretsTable;
  api_key_usage: ApiKeyUsageTable;
  api_key_secret_usage: ApiKeySecretUsageTable;
  api_key_usage_buckets: ApiKeyUsageBucketsTable;
  organization_usage_buckets: OrganizationUsageBucketsTable;
  usage_journal: UsageJournalTable;
  usage_writers: UsageWritersTable;
  audit_log: AuditLogTable;
  nodes: NodesTable;
  node_watches: NodeWatchesTable;
  relayed_usage: RelayedUsageTable;
}

/** A table, which is no view. */
export type TableName = Exclude<keyof Tables, 'current_roles'>;

const NAMES: Readonly<Record<TableName, true>> = {
  organizations: true,
  organization_sequences: true,
  users: true,
  memberships: true,
  membership_teams: true,
  teams: true,
  roles: true,
  sign_in_tokens: true,
  sessions: true,
  user_identities: true,
  used_oidc_flows: true,
  operator_tokens: true,
  api_keys: true,
  api_key_counts: true,
  api_key_documents: true,
  api_key_teams: true,
  api_key_secrets: true,
  api_key_usage: true,
  api_key_secret_usage: true,
  api_key_usage_buckets: true,
  organization_usage_buckets: true,
  usage_journal: true,
  usage_writers: true,
  audit_log: true,
  nodes: true,
  node_watches: true,
  relayed_usage: true,
};

/** The names of all tables. */
export const TABLE_NAMES: ReadonlySet<string> = new Set(Object.keys(NAMES));

export type Row<Name extends keyof Tables> = Selectable<Tables[Name]>;
export type NewRow<Name extends keyof Tables> = Insertable<Tables[Name]>;
