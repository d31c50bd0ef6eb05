import type { TableName } from './tables.ts';

/**
 * All tables in an order that satisfies foreign keys, with the columns that identify a row. Null: not copied to another
 * database, because it is runtime state or filled automatically.
 */
export const TABLES: Readonly<Record<TableName, readonly string[] | null>> = {
  organizations: ['id'],
  allowed_origins: ['organization_id', 'origin'],
  organization_sequences: ['organization_id'],
  users: ['id'],
  roles: ['id'],
  teams: ['id'],
  memberships: ['id'],
  membership_teams: ['membership_id', 'team_id'],
  sign_in_tokens: ['hash'],
  sessions: ['id'],
  user_identities: ['issuer', 'subject'],
  used_oidc_flows: ['state_hash'],
  operator_tokens: ['id'],
  api_keys: ['id'],
  // Triggers maintain the counts.
  api_key_counts: null,
  // Written by triggers.
  api_key_documents: null,
  api_key_teams: ['api_key_id', 'team_id'],
  api_key_secrets: ['id'],
  api_key_usage: ['api_key_id'],
  api_key_secret_usage: ['secret_id'],
  api_key_secret_usage_buckets: ['secret_id', 'granularity', 'start'],
  api_key_usage_buckets: ['api_key_id', 'granularity', 'start'],
  organization_usage_buckets: ['organization_id', 'granularity', 'start'],
  denials: ['id'],
  // Empty: a checkpoint has moved it to the tables above.
  usage_journal: null,
  usage_writers: null,
  imported_forms: ['form'],
  audit_log: ['id'],
  idempotent_answers: ['id'],
  nodes: null,
  node_watches: null,
  relayed_usage: null,
  verifiers: null,
  verifier_leases: null,
};

/** The names of all tables. */
export const TABLE_NAMES: ReadonlySet<string> = new Set(Object.keys(TABLES));
