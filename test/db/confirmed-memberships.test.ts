import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const MIGRATION = '0015-confirmed-memberships';

onEachDatabase('the migration for confirmed memberships', (engine) => {
  test('counts members of before, and those that the release before adds, as confirmed', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    const database = await openDatabase(url);
    try {
      const db: Kysely<unknown> = database.kysely as never;
      for (const [name, { up }] of Object.entries(migrations)) if (name < MIGRATION) await up(db);
      await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
        values ('o', 'o', 'o', 'kw', '[]', 0)`.execute(db);
      await sql`insert into roles
        (id, organization_id, name, name_key, description, permissions, is_system, created_at)
        values ('r', 'o', 'r', 'r', null, '[]', 0, 0)`.execute(db);
      await join(db, 'before');
      await migrations[MIGRATION]?.up(db);
      await join(db, 'beside');
      const rows = await database.kysely
        .selectFrom('memberships')
        .select(['id', 'confirmed', 'invited_by'])
        .orderBy('id')
        .execute();
      expect(rows).toEqual([
        { id: 'before', confirmed: 1, invited_by: null },
        { id: 'beside', confirmed: 1, invited_by: null },
      ]);
      await sql`insert into sign_in_tokens (hash, user_id, created_at, expires_at)
        values ('link', 'before', 0, 1)`.execute(db);
      const links = await database.kysely.selectFrom('sign_in_tokens').select('created_by').execute();
      expect(links).toEqual([{ created_by: null }]);
    } finally {
      await database.close();
      await drop();
    }
  });
});

/** What a release that knows nothing of the migration writes when somebody joins. */
async function join(db: Kysely<unknown>, id: string): Promise<void> {
  await sql`insert into users (id, email, name, created_at) values (${id}, ${id}, null, 0)`.execute(db);
  await sql`insert into memberships (id, organization_id, user_id, role_id, created_at, joined_at)
    values (${id}, 'o', ${id}, 'r', 0, 0)`.execute(db);
}
