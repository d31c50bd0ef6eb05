import type { ColumnType, Generated, Insertable, Selectable, SelectType } from 'kysely';
import type {
  NodesTable,
  NodeWatchesTable,
  RelayedUsageTable,
  VerifierLeasesTable,
  VerifiersTable,
} from './cluster-tables.ts';
import type { Fixed } from './column-types.ts';
import type {
  ApiKeyCountsTable,
  ApiKeyDocumentsTable,
  ApiKeySecretsTable,
  ApiKeySecretUsageBucketsTable,
  ApiKeySecretUsageTable,
  ApiKeysTable,
  ApiKeyTeamsTable,
  ApiKeyUsageBucketsTable,
  ApiKeyUsageTable,
  DenialsTable,
  ImportedFormsTable,
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
 * One set of tables for both engines. Times are milliseconds since the Unix epoch, flags are 0 or 1, and JSON is text:
 * values that SQLite and PostgreSQL store alike.
 */

/** `expires_at` of objects that never expire: larger than every time, so that comparisons need no special case. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** `last_used_at` of objects that were never used. */
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
  /** The person's name in the organization. Null: only the e-mail address is known. */
  name: string | null;
  created_at: Fixed<number>;
  /** Null: invited, but not joined yet. */
  joined_at: number | null;
  /** 0: joined with a link that someone else has seen. Only sessions limited to the organization can access it. */
  confirmed: Generated<number>;
  /**
   * The user, key or operator token that created the invitation, which can be accepted while this creator may invite.
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
  /** The name folded for comparison. Unique in the organization. */
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
  /** Null: it exists. A deleted role stays, without permissions, while revoked keys refer to it. */
  deleted_at: number | null;
}

/** A view of the existing roles, which all reads of roles use. */
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
  /** The organization that it invites to; deleted together with the invitation. Null: not an invitation. */
  invites_to: Fixed<string | null>;
  /** The only organization that its session gives access to. Null: all of the user's. */
  limited_to: Fixed<string | null>;
  /**
   * JSON: the permissions of its creator in that organization. Revoked if the membership gains more. Null: not limited,
   * or created by a release that didn't record them.
   */
  ceiling: Fixed<string | null>;
  /** Like `invited_by`: an invitation link is valid while its creator may invite. */
  created_by: Fixed<string | null>;
}

export interface SessionsTable {
  id: Fixed<string>;
  hash: Fixed<string>;
  user_id: Fixed<string>;
  /** The only organization that it gives access to. Null: all of the user's. */
  limited_to: Fixed<string | null>;
  /** The ceiling of the link that started it. */
  ceiling: Fixed<string | null>;
  created_at: Fixed<number>;
  expires_at: Fixed<number>;
  last_seen_at: number;
}

/** The user of a subject at an OpenID provider. A user has at most one. */
export interface UserIdentitiesTable {
  issuer: Fixed<string>;
  subject: Fixed<string>;
  user_id: Fixed<string>;
  created_at: Fixed<number>;
}

/** Completed sign-ins with an OpenID provider, kept until they would have expired, so that none is completed twice. */
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

/** The answers of requests with an idempotency key, for 24 hours. */
export interface IdempotentAnswersTable {
  /** Derived from the idempotency key and the caller. */
  id: Fixed<string>;
  organization_id: Fixed<string>;
  /** Consecutive in the organization. */
  number: Fixed<number>;
  /** Encrypted with a key that is derived from the idempotency key and not stored. */
  sealed: Fixed<string>;
  created_at: number;
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
  api_key_secret_usage_buckets: ApiKeySecretUsageBucketsTable;
  organization_usage_buckets: OrganizationUsageBucketsTable;
  denials: DenialsTable;
  usage_journal: UsageJournalTable;
  usage_writers: UsageWritersTable;
  imported_forms: ImportedFormsTable;
  audit_log: AuditLogTable;
  idempotent_answers: IdempotentAnswersTable;
  nodes: NodesTable;
  node_watches: NodeWatchesTable;
  relayed_usage: RelayedUsageTable;
  verifiers: VerifiersTable;
  verifier_leases: VerifierLeasesTable;
}

/** A table that isn't a view. */
export type TableName = Exclude<keyof Tables, 'current_roles'>;

export type Row<Name extends keyof Tables> = Selectable<Tables[Name]>;
export type NewRow<Name extends keyof Tables> = Insertable<Tables[Name]>;
