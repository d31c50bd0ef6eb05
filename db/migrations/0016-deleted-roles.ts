import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Lets a deleted role stay with its revoked keys';

/** Conditions for having a role: a row of `memberships`, or an unrevoked one of `api_keys`. */
const HOLDERS = [
  { table: 'memberships', columns: 'role_id', holds: 'new.role_id is not null' },
  {
    table: 'api_keys',
    columns: 'role_id, revoked_at',
    holds: 'new.role_id is not null and new.revoked_at is null',
  },
] as const;

/**
 * Adds the deletion time of roles, and a view of existing roles, which all reads use. Triggers prevent servers of the
 * previous release, which show a deleted role, from assigning or changing it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('roles').addColumn('deleted_at', 'bigint').execute();
  await sql`create index roles_current_by_age on roles (organization_id, created_at, id)
    where deleted_at is null`.execute(db);
  await sql`
    create view current_roles as
    select id, organization_id, name, name_key, description, permissions, is_system, created_at
    from roles where deleted_at is null
  `.execute(db);
  await (db.getExecutor().adapter instanceof PostgresAdapter ? protectOnPostgres(db) : protectOnSqlite(db));
}

async function protectOnSqlite(db: Kysely<unknown>): Promise<void> {
  const refuse = `begin select raise(abort, 'the role is deleted'); end`;
  for (const { table, columns, holds } of HOLDERS)
    for (const [name, event] of [
      ['insert', 'insert'],
      ['update', `update of ${columns}`],
    ] as const)
      await sql
        .raw(`create trigger ${table}_role_exists_${name} before ${event} on ${table}
          when ${holds} and exists (select 1 from roles where id = new.role_id and deleted_at is not null)
          ${refuse}`)
        .execute(db);
  await sql
    .raw(`create trigger roles_stay_deleted before update on roles when old.deleted_at is not null ${refuse}`)
    .execute(db);
}

async function protectOnPostgres(db: Kysely<unknown>): Promise<void> {
  const refuse = `raise exception 'the role is deleted' using errcode = 'foreign_key_violation';`;
  const statements = [
    `create function role_exists() returns trigger language plpgsql as $exists$ begin
       if exists (select 1 from roles where id = new.role_id and deleted_at is not null) then ${refuse} end if;
       return new;
     end $exists$`,
    ...HOLDERS.map(
      ({ table, columns, holds }) => `create trigger ${table}_role_exists
       before insert or update of ${columns} on ${table}
       for each row when (${holds}) execute function role_exists()`,
    ),
    `create function role_stays_deleted() returns trigger language plpgsql as $stays$ begin ${refuse} end $stays$`,
    `create trigger roles_stay_deleted before update on roles
     for each row when (old.deleted_at is not null) execute function role_stays_deleted()`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
