import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';

export const title = 'Counts the keys of each organization by role and state';

/**
 * Stores the number of keys of each organization by role and state. Triggers maintain it, so that changes by servers of
 * the previous release count, too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const text = postgres ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('api_key_counts')
    .addColumn('organization_id', text, (c) => c.notNull())
    .addColumn('role_id', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('keys', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('api_key_counts_pk', ['organization_id', 'role_id', 'state'])
    .execute();
  // Before the keys are counted: the triggers count every later change, and there is no concurrent one.
  await (postgres ? countOnPostgres(db) : countOnSqlite(db));
  await sql`
    insert into api_key_counts (organization_id, role_id, state, keys)
    select organization_id, ${role('api_keys')}, ${state('api_keys')}, count(*) from api_keys group by 1, 2, 3
  `.execute(db);
}

/** The role of a key in its table, or in a row of a trigger: revoked keys count without one. */
function role(row: string): RawBuilder<string> {
  return sql.raw(`case when ${row}.revoked_at is null then coalesce(${row}.role_id, '') else '' end`);
}

/** The state of a key as determined by its row alone. Whether an open key has expired depends on the time. */
function state(row: string): RawBuilder<string> {
  return sql.raw(`case when ${row}.revoked_at is not null then 'revoked' when ${row}.enabled = 0 then 'disabled'
    when ${row}.expiry_recorded_at is not null then 'expired' else 'open' end`);
}

async function countOnSqlite(db: Kysely<unknown>): Promise<void> {
  const add = sql`
    insert into api_key_counts (organization_id, role_id, state, keys)
    values (new.organization_id, ${role('new')}, ${state('new')}, 1)
    on conflict (organization_id, role_id, state) do update set keys = keys + 1;`;
  const subtract = sql`
    update api_key_counts set keys = keys - 1
    where organization_id = old.organization_id and role_id = ${role('old')} and state = ${state('old')};`;
  await sql`create trigger api_keys_count_insert after insert on api_keys begin ${add} end`.execute(db);
  await sql`create trigger api_keys_count_delete after delete on api_keys begin ${subtract} end`.execute(db);
  await sql`
    create trigger api_keys_count_update
    after update of organization_id, role_id, enabled, revoked_at, expiry_recorded_at on api_keys
    when new.organization_id <> old.organization_id or ${role('new')} <> ${role('old')} or ${state('new')} <> ${state('old')}
    begin ${subtract} ${add} end
  `.execute(db);
}

/** Once per statement: one that changes 500 keys writes a few counts, always in the same order. */
async function countOnPostgres(db: Kysely<unknown>): Promise<void> {
  const rows = (table: string, change: number) =>
    sql`select organization_id, ${role(table)} as role_id, ${state(table)} as state, ${sql.lit(change)} as change
      from ${sql.table(table)}`;
  const counted = (changes: RawBuilder<unknown>) => sql`
    insert into api_key_counts as counts (organization_id, role_id, state, keys)
    select organization_id, role_id, state, sum(change) from (${changes}) as changes
    group by organization_id, role_id, state having sum(change) <> 0
    order by organization_id, role_id, state
    on conflict (organization_id, role_id, state) do update set keys = counts.keys + excluded.keys;`;
  const [added, taken] = [rows('new_keys', 1), rows('old_keys', -1)];
  for (const [event, changes, tables] of [
    ['insert', added, sql`new table as new_keys`],
    ['delete', taken, sql`old table as old_keys`],
    ['update', sql`${added} union all ${taken}`, sql`old table as old_keys new table as new_keys`],
  ] as const) {
    const name = sql.raw(`api_keys_count_${event}`);
    await sql`
      create function ${name}() returns trigger language plpgsql as $count$
      begin ${counted(changes)} return null; end $count$
    `.execute(db);
    await sql`
      create trigger ${name} after ${sql.raw(event)} on api_keys referencing ${tables}
      for each statement execute function ${name}()
    `.execute(db);
  }
}
