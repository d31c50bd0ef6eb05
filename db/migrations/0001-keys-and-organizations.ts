import { type ColumnDataType, type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';

type Text = RawBuilder<unknown> | ColumnDataType;

/** Creates every table of the first version. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Bytewise order, as in SQLite: the server's locale must not change the meaning of a cursor.
  const text: Text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await organizations(db, text);
  await people(db, text);
  await credentials(db, text);
  await keys(db, text);
  await secrets(db, text);
  await usage(db, text);
  await auditLog(db, text);
}

async function organizations(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('organizations')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('slug', text, (c) => c.notNull().unique())
    .addColumn('key_prefix', text, (c) => c.notNull())
    .addColumn('max_active_api_keys', 'integer')
    .addColumn('rotation_live_days', 'integer')
    .addColumn('rotation_test_days', 'integer')
    .addColumn('permission_catalog', text, (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await index(db, 'organizations', 'by_age', ['created_at', 'id']);
  await db.schema
    .createTable('organization_sequences')
    .addColumn('organization_id', text, (c) => c.primaryKey().notNull().references('organizations.id'))
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
}

async function people(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('email', text, (c) => c.notNull().unique())
    .addColumn('name', text)
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  for (const table of ['roles', 'teams']) {
    const builder = db.schema
      .createTable(table)
      .addColumn('id', text, (c) => c.primaryKey().notNull())
      .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('name_key', text, (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addUniqueConstraint(`${table}_by_name`, ['organization_id', 'name_key']);
    await (table === 'teams'
      ? builder
      : builder
          .addColumn('description', text)
          .addColumn('permissions', text, (c) => c.notNull())
          .addColumn('is_system', 'integer', (c) => c.notNull())
    ).execute();
    await index(db, table, 'by_age', ['organization_id', 'created_at', 'id']);
  }
  await db.schema
    .createTable('memberships')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
    .addColumn('user_id', text, (c) => c.notNull().references('users.id'))
    .addColumn('role_id', text, (c) => c.notNull().references('roles.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('joined_at', 'bigint')
    .addUniqueConstraint('memberships_once', ['organization_id', 'user_id'])
    .execute();
  await index(db, 'memberships', 'by_age', ['organization_id', 'created_at', 'id']);
  await index(db, 'memberships', 'by_user', ['user_id']);
  await index(db, 'memberships', 'by_role', ['role_id']);
  await db.schema
    .createTable('membership_teams')
    .addColumn('membership_id', text, (c) => c.notNull().references('memberships.id').onDelete('cascade'))
    .addColumn('team_id', text, (c) => c.notNull().references('teams.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('membership_teams_pk', ['membership_id', 'team_id'])
    .execute();
  await index(db, 'membership_teams', 'by_team', ['team_id', 'membership_id']);
}

async function credentials(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('sign_in_tokens')
    .addColumn('hash', text, (c) => c.primaryKey().notNull())
    .addColumn('user_id', text, (c) => c.notNull().references('users.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await index(db, 'sign_in_tokens', 'by_user', ['user_id']);
  await index(db, 'sign_in_tokens', 'by_expiry', ['expires_at']);
  await db.schema
    .createTable('sessions')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('user_id', text, (c) => c.notNull().references('users.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('last_seen_at', 'bigint', (c) => c.notNull())
    .execute();
  await index(db, 'sessions', 'by_user', ['user_id']);
  await index(db, 'sessions', 'by_expiry', ['expires_at']);
  await db.schema
    .createTable('operator_tokens')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('name', text, (c) => c.notNull().unique())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute();
}

async function keys(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('name_key', text, (c) => c.notNull())
    .addColumn('description', text)
    .addColumn('environment', text, (c) => c.notNull())
    .addColumn('start', text, (c) => c.notNull())
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('role_id', text, (c) => c.references('roles.id'))
    .addColumn('grants', text, (c) => c.notNull())
    .addColumn('ip_allowlist', text, (c) => c.notNull())
    .addColumn('rate_limit', 'integer')
    .addColumn('rate_window_seconds', 'integer')
    .addColumn('external_id', text)
    .addColumn('metadata', text, (c) => c.notNull())
    .addColumn('enabled', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('created_by', text, (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('rotated_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .addColumn('revoked_by', text)
    .addColumn('revocation_reason', text)
    .execute();
  // One index for each sort order of a list, then one for each filter that may select few rows of many.
  await index(db, 'api_keys', 'by_age', ['organization_id', 'created_at', 'id']);
  await index(db, 'api_keys', 'by_name', ['organization_id', 'name_key', 'id']);
  await index(db, 'api_keys', 'by_expiry', ['organization_id', 'expires_at', 'id']);
  await index(db, 'api_keys', 'by_external_id', ['organization_id', 'external_id', 'created_at', 'id']);
  await index(db, 'api_keys', 'by_creator', ['organization_id', 'created_by', 'created_at', 'id']);
  await index(db, 'api_keys', 'by_rotation', ['organization_id', 'environment', 'rotated_at']);
  await index(db, 'api_keys', 'by_role', ['role_id', 'created_at', 'id']);
  await db.schema
    .createTable('api_key_teams')
    .addColumn('api_key_id', text, (c) => c.notNull().references('api_keys.id').onDelete('cascade'))
    .addColumn('team_id', text, (c) => c.notNull().references('teams.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('api_key_teams_pk', ['api_key_id', 'team_id'])
    .execute();
  await index(db, 'api_key_teams', 'by_team', ['team_id', 'api_key_id']);
}

async function secrets(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('api_key_secrets')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('api_key_id', text, (c) => c.notNull().references('api_keys.id').onDelete('cascade'))
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('start', text, (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('replaced_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute();
  await index(db, 'api_key_secrets', 'by_key', ['api_key_id', 'created_at', 'id']);
  await index(db, 'api_key_secrets', 'by_expiry', ['expires_at']);
}

async function usage(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('api_key_usage')
    .addColumn('api_key_id', text, (c) =>
      c.primaryKey().notNull().references('api_keys.id').onDelete('cascade'),
    )
    .addColumn('organization_id', text, (c) => c.notNull())
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_ip', text)
    .execute();
  await index(db, 'api_key_usage', 'by_last_use', ['organization_id', 'last_used_at', 'api_key_id']);
  await db.schema
    .createTable('api_key_secret_usage')
    .addColumn('secret_id', text, (c) =>
      c.primaryKey().notNull().references('api_key_secrets.id').onDelete('cascade'),
    )
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .addColumn('uses', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('api_key_usage_buckets')
    .addColumn('api_key_id', text, (c) => c.notNull().references('api_keys.id').onDelete('cascade'))
    .addColumn('granularity', text, (c) => c.notNull())
    .addColumn('start', 'bigint', (c) => c.notNull())
    .addColumn('organization_id', text, (c) => c.notNull())
    .addColumn('verified', 'bigint', (c) => c.notNull())
    .addColumn('denied', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('api_key_usage_buckets_pk', ['api_key_id', 'granularity', 'start'])
    .execute();
  await index(db, 'api_key_usage_buckets', 'by_organization', ['organization_id', 'granularity', 'start']);
  await index(db, 'api_key_usage_buckets', 'by_age', ['granularity', 'start']);
}

async function auditLog(db: Kysely<unknown>, text: Text): Promise<void> {
  await db.schema
    .createTable('audit_log')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('action', text, (c) => c.notNull())
    .addColumn('actor', text, (c) => c.notNull())
    .addColumn('target_id', text, (c) => c.notNull())
    .addColumn('changes', text, (c) => c.notNull())
    .addColumn('ip', text)
    .addColumn('user_agent', text)
    .addColumn('occurred_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('audit_log_in_order', ['organization_id', 'sequence'])
    .execute();
  await index(db, 'audit_log', 'by_target', ['target_id', 'sequence']);
  await index(db, 'audit_log', 'by_actor', ['organization_id', 'actor', 'sequence']);
  await index(db, 'audit_log', 'by_action', ['organization_id', 'action', 'sequence']);
}

async function index(db: Kysely<unknown>, table: string, name: string, columns: string[]): Promise<void> {
  await db.schema.createIndex(`${table}_${name}`).on(table).columns(columns).execute();
}
