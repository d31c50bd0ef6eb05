import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Adds the permissions that an invitation's creator could grant to each link, and to each session started with it; and
 * the person's name in the organization to each membership.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  for (const table of ['sign_in_tokens', 'sessions'] as const) {
    await db.schema.alterTable(table).addColumn('ceiling', text).execute();
    await endOutgrown(db, table);
  }
  await db.schema.alterTable('memberships').addColumn('name', text).execute();
  // The name of an invited person who is known elsewhere was given by another organization.
  await sql`
    update memberships set name = (
      select users.name from users where users.id = memberships.user_id and (
        memberships.joined_at is not null or not exists (
          select 1 from memberships as others
          where others.user_id = memberships.user_id and others.id <> memberships.id
        )
      )
    )`.execute(db);
}

/**
 * Deletes links and sessions whose membership or role has changed since their creation, and limits the others to the
 * current permissions of the membership: what their creators could grant was not recorded.
 */
async function endOutgrown(db: Kysely<unknown>, name: string): Promise<void> {
  const table = sql.table(name);
  const membership = sql`
    select 1 from memberships
    where memberships.user_id = ${table}.user_id and memberships.organization_id = ${table}.limited_to`;
  await sql`
    delete from ${table} where limited_to is not null and exists (
      select 1 from audit_log
      where audit_log.organization_id = ${table}.limited_to and audit_log.occurred_at >= ${table}.created_at
        and audit_log.action in ('member.updated', 'role.updated')
        and exists (${membership} and audit_log.target_id in (memberships.id, memberships.role_id))
    )`.execute(db);
  await sql`
    update ${table} set ceiling = (
      select roles.permissions from roles
      where exists (${membership} and memberships.role_id = roles.id)
    ) where limited_to is not null`.execute(db);
}
