import type { ColumnType, Generated, Insertable, Selectable, SelectType } from 'kysely';
import type { NodesTable, NodeWatchesTable, RelayedUsageTable } from './cluster-tables.ts';
import type { Fixed } from './column-types.ts';
import type {
  ApiKeyCountsTable,
  ApiKeyDocumentsTable,
  ApiKeySecretsTable,
  ApiKeySecretUsageTable,
  ApiKeysTable,
  ApiKeyTeamsTable,
  ApiKeyUsageBucketsTable,
  ApiKeyUsageTable,
  OrganizationUsageBucketsTable,
  UsageJournalTable,
  UsageWritersTable,
} from './key-tables.ts';
import type {
  AllowedOriginsTable,
  OrganizationSequencesTable,
  OrganizationsTable,
} from './organization-tables.ts';

/*
 * One set of tables for both engines. Times are milliseconds since the Unix epoch, flags are 0 or 1, JSON is text: what
 * SQLite and PostgreSQL store alike.
 */

/** `expires_at` of what never expires: larger than every time, so that comparing needs no special case. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** `last_used_at` of what was never used. */
export const NOT_YET = 0;

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

export interface Tables {
  organizations: OrganizationsTable;
  allowed_origins: AllowedOriginsTable;
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

export type Row<Name extends keyof Tables> = Selectable<Tables[Name]>;
export type NewRow<Name extends keyof Tables> = Insertable<Tables[Name]>;
