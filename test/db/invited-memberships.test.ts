import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const MIGRATION = '0009-invited-memberships';

onEachDatabase('the migration for invited memberships', (engine) => {
  test('limits links and sessions to what they reach now, ends those that may have gained, and keeps names', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    const database = await openDatabase(url);
    try {
      const db: Kysely<unknown> = database.kysely as never;
      for (const [name, { up }] of Object.entries(migrations)) if (name < MIGRATION) await up(db);
      await fill(db);
      await migrations[MIGRATION]?.up(db);
      const { kysely } = database;
      const links = await kysely
        .selectFrom('sign_in_tokens')
        .select(['hash', 'ceiling'])
        .orderBy('hash')
        .execute();
      expect(links).toEqual([
        { hash: 'link-free', ceiling: null },
        { hash: 'link-same', ceiling: '["a"]' },
      ]);
      const sessions = await kysely.selectFrom('sessions').select(['id', 'ceiling']).orderBy('id').execute();
      expect(sessions).toEqual([
        { id: 'session-free', ceiling: null },
        { id: 'session-same', ceiling: '["a"]' },
      ]);
      const names = await kysely.selectFrom('memberships').select(['id', 'name']).orderBy('id').execute();
      expect(names).toEqual([
        { id: 'm-elsewhere', name: null },
        { id: 'm-grown', name: 'Grown' },
        { id: 'm-promoted', name: 'Promoted' },
        { id: 'm-same', name: 'Same' },
      ]);
    } finally {
      await database.close();
      await drop();
    }
  });

  test('runs as a part of all of them', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    const database = await openDatabase(url);
    try {
      expect((await migrate(database)).applied).toContain(MIGRATION);
    } finally {
      await database.close();
      await drop();
    }
  });
});

/** Members whose link and session are worth what they were, whose role gained, and who were promoted; as of before. */
async function fill(db: Kysely<unknown>): Promise<void> {
  const insert = async (table: string, row: Record<string, unknown>) => {
    const columns = sql.join(Object.keys(row).map((name) => sql.ref(name)));
    await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(
      db,
    );
  };
  for (const id of ['o', 'other'])
    await insert('organizations', {
      id,
      name: id,
      slug: id,
      key_prefix: 'kw',
      permission_catalog: '[]',
      created_at: 0,
    });
  const role = { description: null, is_system: 0, created_at: 0, organization_id: 'o' };
  for (const [id, permissions] of [
    ['weak', '["a"]'],
    ['grown', '["*"]'],
  ] as const)
    await insert('roles', { ...role, id, name: id, name_key: id, permissions });
  for (const [who, roleId, joined] of [
    ['same', 'weak', 1],
    ['grown', 'grown', 1],
    ['promoted', 'weak', null],
  ] as const) {
    const name = who.charAt(0).toUpperCase() + who.slice(1);
    await insert('users', { id: `u-${who}`, email: `${who}@example.com`, name, created_at: 0 });
    await insert('memberships', {
      id: `m-${who}`,
      organization_id: 'o',
      user_id: `u-${who}`,
      role_id: roleId,
      created_at: 0,
      joined_at: joined,
    });
    const limited = { user_id: `u-${who}`, created_at: 100, expires_at: 1000, limited_to: 'o' };
    await insert('sign_in_tokens', { ...limited, hash: `link-${who}`, invites_to: 'o' });
    await insert('sessions', { ...limited, id: `session-${who}`, hash: `hash-${who}`, last_seen_at: 100 });
  }
  const free = { user_id: 'u-grown', created_at: 100, expires_at: 1000 };
  await insert('sign_in_tokens', { ...free, hash: 'link-free' });
  await insert('sessions', { ...free, id: 'session-free', hash: 'hash-free', last_seen_at: 100 });
  await insert('memberships', {
    id: 'm-elsewhere',
    organization_id: 'other',
    user_id: 'u-same',
    role_id: 'weak',
    created_at: 0,
  });
  const entries = [
    ['role.updated', 'grown', 200],
    ['member.updated', 'm-promoted', 100],
    // Before the link was created.
    ['member.updated', 'm-same', 99],
  ] as const;
  for (const [index, [action, target, at]] of entries.entries())
    await insert('audit_log', {
      id: `evt-${index}`,
      organization_id: 'o',
      sequence: index + 1,
      action,
      actor: 'test',
      target_id: target,
      changes: '{}',
      occurred_at: at,
    });
}
