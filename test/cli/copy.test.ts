import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../db/open.ts';
import { openDatabase } from '../../db/open.ts';
import { countKeys } from '../../src/keys/lists/key-counts.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { emptyBatch, noteUse } from '../../src/usage/batch.ts';
import { usageStore } from '../../src/usage/store.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { anyone, present } from '../support/live.ts';
import { makeApiKey, makeMember, makeOperatorToken, startTestServer } from '../support/server.ts';
import { run } from './run.ts';

const OTHER = { sqlite: 'postgres', postgres: 'sqlite' } as const;

async function databaseUrl(engine: Engine, options: { empty?: boolean } = {}): Promise<string> {
  const { url, drop } = await createTestDatabaseUrl(engine, options);
  onTestFinished(drop);
  return url;
}

/** A database that somebody has used; `keys` many keys in it. */
async function used(engine: Engine, keys = 3) {
  const url = await databaseUrl(engine);
  const server = await startTestServer(engine, { databaseUrl: url });
  const member = await makeMember(server);
  await makeOperatorToken(server, 'deploy');
  const made = [];
  for (let number = 0; number < keys; number += 1)
    made.push(
      await makeApiKey(server, member.organizationId, { name: `Ключ ${number} 🔑`, metadata: { number } }),
    );
  const [kept, revoked, rotated] = made;
  if (!kept || !revoked || !rotated) throw new Error('Too few keys');
  await present(server, kept.secret, '192.0.2.1');
  const { organizationId } = member;
  const { result: role } = await createRole(anyone(server), { organizationId, name: 'Old', permissions: [] });
  await updateApiKey(anyone(server), { id: revoked.id, roleId: role.id });
  await revokeApiKey(anyone(server), { id: revoked.id, reason: 'leaked' });
  // Its row is copied with the key that refers to it.
  await deleteRole(anyone(server), { id: role.id });
  await rotateApiKey(anyone(server), { id: rotated.id });
  await server.close();
  return { url, member, kept, revoked };
}

describe.each<Engine>(['sqlite', 'postgres'])('copying from %s', (engine) => {
  test('gives a server on the other database all that it needs', async () => {
    const { url, member, kept, revoked } = await used(engine);
    const target = await databaseUrl(OTHER[engine], { empty: true });
    const ran = await run({}, 'copy', '--from', url, '--to', target);
    expect(ran).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('api_keys: 3 rows copied and compared'),
    });
    expect(ran.stdout).toMatch(/^api_key_secrets +4 rows {2}[0-9a-f]{16}$/m);
    expect(ran.stdout).toContain('Both databases have the same contents');

    const server = await startTestServer(OTHER[engine], { databaseUrl: target });
    onTestFinished(() => server.close());
    const statusOf = async (secret: string) =>
      (await fetch(`${server.url}/verify`, { headers: { Authorization: `Bearer ${secret}` } })).status;
    expect(await statusOf(kept.secret)).toBe(200);
    expect(await statusOf(revoked.secret)).toBe(401);
    const counted = await countKeys(server.services.db, [member.organizationId], server.clock.now());
    expect(counted.get(member.organizationId)).toMatchObject({ active: 2, revoked: 1 });
    const { id } = await makeApiKey(server, member.organizationId);
    const { sequence } = await server.services.db
      .selectFrom('audit_log')
      .select((eb) => eb.fn.max('sequence').as('sequence'))
      .where('organization_id', '=', member.organizationId)
      .executeTakeFirstOrThrow();
    expect(Number(sequence)).toBeGreaterThan(6);
    expect(id).toMatch(/^key_/);
  });

  // More keys than are copied at once take a while to make.
  test('goes on where it was broken off', async () => {
    const { url } = await used(engine, 503);
    const target = await databaseUrl(OTHER[engine]);
    const broken = await openDatabase(target);
    expect((await run({}, 'copy', '--from', url, '--to', target)).code).toBe(0);
    // As if it had ended in the middle of the secrets.
    await sql`delete from audit_log`.execute(broken.kysely);
    await sql`delete from api_key_usage_buckets`.execute(broken.kysely);
    await sql`delete from api_key_secret_usage`.execute(broken.kysely);
    await sql`delete from api_key_usage`.execute(broken.kysely);
    await sql`delete from api_key_secrets
      where id not in (select id from api_key_secrets order by id limit 300)`.execute(broken.kysely);
    await broken.close();
    const again = await run({ DATABASE_URL: target }, 'copy', '--from', url);
    expect(again.stdout).toContain('Both databases have the same contents');
    expect(again.stdout).toMatch(/^api_key_secrets +504 rows/m);
    expect((await run({}, 'copy', '--from', url, '--to', target)).code).toBe(0);
  });

  test('refuses a database with other organizations, and leaves it as it is', async () => {
    const [{ url }, other] = [await used(engine), await used(OTHER[engine])];
    const ran = await run({}, 'copy', '--from', url, '--to', other.url);
    expect(ran).toMatchObject({ code: 1, stderr: 'The target database contains other organizations\n' });
  });

  test('says so where both are not the same in the end', async () => {
    const { url } = await used(engine);
    const target = await databaseUrl(OTHER[engine]);
    await run({}, 'copy', '--from', url, '--to', target);
    const changed = await openDatabase(target);
    await changed.kysely.updateTable('api_keys').set({ name: 'Another' }).execute();
    await changed.close();
    const ran = await run({}, 'copy', '--from', url, '--to', target);
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('api_keys differs between the databases'),
    });
  });
});

describe('copying', () => {
  test('needs two databases that it can read', async () => {
    const url = await databaseUrl('sqlite');
    expect(await run({}, 'copy', '--from', url, '--to', url)).toMatchObject({ code: 1 });
    expect(await run({}, 'copy', '--from', 'mysql://x', '--to', url)).toMatchObject({ code: 1 });
    expect(await run({}, 'copy')).toMatchObject({ code: 2 });
    const empty = await databaseUrl('sqlite', { empty: true });
    expect(await run({}, 'copy', '--from', empty, '--to', url)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^--from: .* has not run\. Check .*keywright migrate.*\n$/),
    });
  });
});

test('copying from sqlite brings along the usage that a killed server only saved', async () => {
  const { url, kept, member } = await used('sqlite');
  const source = await openDatabase(url);
  onTestFinished(() => source.close());
  const { secretId } = await source.kysely
    .selectFrom('api_key_secrets')
    .select('id as secretId')
    .where('api_key_id', '=', kept.id)
    .executeTakeFirstOrThrow();
  const batch = emptyBatch();
  const { organizationId } = member;
  noteUse(batch, { organizationId, keyId: kept.id, secretId, at: Date.now(), ip: null });
  await usageStore(source.unhurried, 'killed').append(1, batch);
  const target = await databaseUrl('postgres', { empty: true });
  expect(await run({}, 'copy', '--from', url, '--to', target)).toMatchObject({ code: 0 });
  const copied = await openDatabase(target);
  onTestFinished(() => copied.close());
  const { uses } = await copied.kysely
    .selectFrom('api_key_secret_usage')
    .select('uses')
    .where('secret_id', '=', secretId)
    .executeTakeFirstOrThrow();
  expect(Number(uses)).toBe(2);
});
