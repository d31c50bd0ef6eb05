import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { openDatabase } from '../../db/open.ts';
import { countByStart, findCandidates } from '../../src/keys/import/candidates.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const FIRST = '0023-candidate-organizations';

onEachDatabase('the organizations of password hashes', (engine) => {
  test('are those of secrets that were imported before the migration', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    onTestFinished(drop);
    const database = await openDatabase(url);
    onTestFinished(() => database.close());
    const { kysely: db } = database;
    const earlier = Object.entries(migrations).filter(([name]) => name < FIRST);
    await migrate(database, () => {}, Object.fromEntries(earlier));
    for (const tenant of ['a', 'b']) {
      const organizationId = `org_${tenant}`;
      await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
        values (${organizationId}, 'Acme', ${tenant}, 'kw', '[]', 1)`.execute(db);
      await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
          ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
        values (${`key_${tenant}`}, ${organizationId}, 'A', 'a', 'live', 'acme', 'a', '[]', '[]', '{}', 1, 1, 'cli', 1, 1,
          2)`.execute(db);
      for (const hash of [`$2b$${tenant}`, tenant])
        await sql`insert into api_key_secrets (id, api_key_id, hash, start, created_at, expires_at)
          values (${hash}, ${`key_${tenant}`}, ${hash}, 'acme', 1, 2)`.execute(db);
    }
    await migrate(database);
    const find = (organizationIds: readonly string[] | null) =>
      findCandidates(db, ['acme'], { organizationIds, keyScope: null });
    expect(await find(['org_a'])).toEqual(['$2b$a']);
    expect(await find(['org_b', 'org_c'])).toEqual(['$2b$b']);
    expect(await find(null)).toEqual(['$2b$a', '$2b$b']);
    expect(await countByStart(db, 'org_a', new Set(['acme']))).toEqual(new Map([['acme', 1]]));
  });
});
