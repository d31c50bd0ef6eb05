import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DatabaseLockedError, pathOf } from '../../db/open.ts';
import { SQLite } from '../../db/sqlite/driver.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { generateSecret, hashSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { LOOK_EVERY_TIME } from '../../src/verification-host/look-up-at-once.ts';
import { changeOf } from '../cluster/changes.ts';
import { onEachDatabase } from '../support/databases.ts';
import { lookUp, otherProcess } from '../support/lookups.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

onEachDatabase('finding keys', (engine) => {
  const services = servicesOn(engine);
  const sync = engine === 'sqlite';

  async function made(given: Partial<Parameters<typeof createApiKey>[1]> = {}) {
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'Key', ...given })).result;
    return { ctx, organization, id: apiKey.id, secret, hash: hashSecret(secret) };
  }

  async function process(ctx: GraphQLContext, options: Parameters<typeof otherProcess>[1] = {}) {
    const other = await otherProcess(ctx, options);
    onTestFinished(() => other.close());
    return other;
  }

  test('finds all that the checks need', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const role = (await createRole(ctx, { name: 'Reader', permissions: ['api.key.view'] })).result;
    const teams = [];
    for (const name of ['One', 'Two']) teams.push((await createTeam(ctx, { name })).result.id);
    const given = {
      name: 'Key',
      environment: 'test',
      roleId: role.id,
      grants: ['prompt.render'],
      teamIds: teams,
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 3, windowSeconds: 60 },
      externalId: 'customer 1',
      expiresAt: services().clock.now() + 1000,
    } as const;
    const { apiKey, secret } = (await createApiKey(ctx, given)).result;
    const { key } = await lookUp(services().keys, hashSecret(secret));
    expect(key).toMatchObject({
      keyId: apiKey.id,
      secretId: expect.stringMatching(/^sec_/),
      organizationId: organization.id,
      environment: 'test',
      permissions: ['api.key.view', 'prompt.render'],
      roleName: 'Reader',
      teamIds: [...teams].sort(),
      externalId: 'customer 1',
      rateLimit: { limit: 3, windowSeconds: 60 },
      enabled: true,
      revoked: false,
      expiresAt: given.expiresAt,
    });
    expect(key?.allowlist).toHaveLength(1);
  });

  test('reads a key once, and has it at once from then on', async () => {
    const { ctx, hash, id } = await made();
    const { ctx: other, probe } = await process(ctx);
    expect(await lookUp(other.keys, hash)).toMatchObject({ key: { keyId: id }, atOnce: sync });
    probe.reads = 0;
    for (let time = 0; time < 100; time += 1)
      expect(await lookUp(other.keys, hash)).toMatchObject({ key: { keyId: id }, atOnce: true });
    expect(probe.reads).toBe(0);
  });

  test.runIf(sync)('looks once for all that came in a turn, if it must look every time', async () => {
    const { ctx, hash, id } = await made();
    const { ctx: other, probe } = await process(ctx, { lookAge: LOOK_EVERY_TIME });
    await lookUp(other.keys, hash);
    probe.looks = 0;
    const found = await Promise.all(Array.from({ length: 50 }, () => lookUp(other.keys, hash)));
    for (const one of found) expect(one).toMatchObject({ key: { keyId: id, enabled: true } });
    expect(probe.looks).toBe(1);
    await updateApiKey(ctx, { id, enabled: false });
    expect(await lookUp(other.keys, hash)).toMatchObject({ key: { keyId: id, enabled: false } });
    expect(probe.looks).toBe(2);

    probe.failure = new DatabaseLockedError(new Error('It is being repaired'));
    const waiting = Array.from({ length: 3 }, () => lookUp(other.keys, hash));
    await new Promise(setImmediate);
    probe.failure = null;
    for (const one of await Promise.all(waiting)) expect(one).toMatchObject({ key: { keyId: id } });
    probe.failure = new Error('For ever');
    const failing = Array.from({ length: 3 }, () => lookUp(other.keys, hash));
    for (const one of await Promise.allSettled(failing)) expect(one.status).toBe('rejected');
  });

  test.runIf(sync)('misses no change that is committed while it goes through a turn', async () => {
    const changed = await made();
    const { ctx, organization } = changed;
    const hashes = [];
    for (const name of ['First', 'Not cached'])
      hashes.push(hashSecret((await createApiKey(ctx, { name })).result.secret));
    const [first = '', absent = ''] = hashes;
    const { ctx: other } = await process(ctx, { lookAge: LOOK_EVERY_TIME });
    for (const hash of [first, changed.hash])
      expect((await lookUp(other.keys, hash)).key?.revoked).toBe(false);

    const file = new SQLite(pathOf(ctx.config.databaseUrl));
    onTestFinished(() => void file.close());
    const write = (statement: string, ...values: unknown[]) => file.prepare(statement).run(...values);
    const revoke = file.transaction(() => {
      write('update api_keys set revoked_at = 1 where id = ?', changed.id);
      write('update organization_sequences set value = value + 1 where organization_id = ?', organization.id);
      write(
        `insert into audit_log (id, organization_id, sequence, action, actor, target_id, changes, occurred_at)
        select 'aud_test', organization_id, value, 'api_key.revoked', 'test', ?, '{}', 1
        from organization_sequences where organization_id = ?`,
        changed.id,
        organization.id,
      );
    });
    await Promise.all([
      other.keys.withKey(first, () => revoke()),
      // Looks for another thing, and in the file.
      other.keys.withKey(hashSecret('unknown'), () => other.keys.importedForms()),
      other.keys.withKey(absent, () => {}),
    ]);
    expect((await lookUp(other.keys, changed.hash)).key?.revoked).toBe(true);
  });

  test.runIf(sync)(
    'waits for a file that another process repairs, and decides with what is so then',
    async () => {
      const { ctx, hash, id } = await made();
      const { ctx: other, probe } = await process(ctx);
      probe.failure = new DatabaseLockedError(new Error('It is being repaired'));
      const found = lookUp(other.keys, hash);
      await services().db.updateTable('api_keys').set({ enabled: 0 }).where('id', '=', id).execute();
      probe.failure = null;
      expect(await found).toMatchObject({ key: { keyId: id, enabled: false }, atOnce: false });

      probe.failure = new DatabaseLockedError(new Error('For ever'));
      await expect(lookUp(other.keys, hashSecret('another'))).rejects.toThrow(DatabaseLockedError);
    },
  );

  test('remembers no key that there is not, so that one made later is found', async () => {
    const { ctx } = await made();
    const { ctx: other, probe } = await process(ctx);
    const hashes = Array.from({ length: 20 }, () => hashSecret(generateSecret('kw', 'live')));
    for (const hash of [...hashes, ...hashes])
      expect(await lookUp(other.keys, hash)).toMatchObject({ key: null });
    expect(probe.reads).toBe(40);
  });

  test.skipIf(sync)('answers, however fast somebody makes up changes', async () => {
    const { ctx, hash, id, organization } = await made();
    const { ctx: other, probe } = await process(ctx);
    const far = { ...changeOf(organization.id, 1e9, 'team.deleted', newId('team')) };
    probe.delay = async () => void (await other.bus.announce([far]));
    expect(await lookUp(other.keys, hash)).toMatchObject({ key: { keyId: id } });
    expect(probe.reads).toBeGreaterThan(1);
    expect(probe.reads).toBeLessThan(10);
    // It was not remembered.
    probe.delay = null;
    await revokeApiKey(ctx, { id });
    expect(await lookUp(other.keys, hash)).toMatchObject({ key: { revoked: true } });
  });

  test('remembers no more keys than it may', async () => {
    const { ctx, hash } = await made();
    const others = [];
    for (let index = 0; index < 5; index += 1)
      others.push(hashSecret((await createApiKey(ctx, { name: `${index}` })).result.secret));
    const { ctx: other, probe } = await process(ctx, { cacheKeys: 3 });
    for (const one of [hash, ...others]) await lookUp(other.keys, one);
    probe.reads = 0;
    expect((await lookUp(other.keys, hash)).key).not.toBeNull();
    expect(probe.reads).toBe(1);
  });

  describe('sees at once, from memory or not,', () => {
    test('a revocation, a change and a rotation', async () => {
      const { ctx, hash, id } = await made();
      const found = async () => (await lookUp(services().keys, hash)).key;
      expect(await found()).toMatchObject({ enabled: true, revoked: false });
      await updateApiKey(ctx, { id, enabled: false, grants: ['a.b'] });
      expect(await found()).toMatchObject({ enabled: false, permissions: ['a.b'] });
      await updateApiKey(ctx, { id, enabled: true });
      const { secret } = (await rotateApiKey(ctx, { id, overlapSeconds: 60 })).result;
      expect(await found()).toMatchObject({ expiresAt: services().clock.now() + 60_000, revoked: false });
      const newer = await lookUp(services().keys, hashSecret(secret));
      expect(newer.key).toMatchObject({ keyId: id, revoked: false });
      await revokeApiKeySecret(ctx, { id: (await found())?.secretId ?? '' });
      expect(await found()).toMatchObject({ revoked: true });
      await revokeApiKey(ctx, { id });
      expect((await lookUp(services().keys, hashSecret(secret))).key).toMatchObject({ revoked: true });
    });

    test('another permission of a role', async () => {
      const { ctx } = await makeOrganization(services());
      const role = (await createRole(ctx, { name: 'Reader', permissions: ['a.b', 'a.c'] })).result;
      const { secret } = (await createApiKey(ctx, { name: 'Key', roleId: role.id })).result;
      const permissions = async () => (await lookUp(services().keys, hashSecret(secret))).key?.permissions;
      expect(await permissions()).toEqual(['a.b', 'a.c']);
      await updateRole(ctx, { id: role.id, permissions: ['a.c'] });
      expect(await permissions()).toEqual(['a.c']);
    });
  });

  describe('with another process on the same database', () => {
    /** Until what is read without a bus is not used any more; on SQLite until the next look. */
    const NOTICED_MS = sync ? 1 : 1_001;

    test('sees its changes, within a millisecond on SQLite and a second on PostgreSQL', async () => {
      const later = stopTime();
      const { ctx, hash, id } = await made();
      const [{ ctx: one }, { ctx: other }] = [await process(ctx), await process(ctx)];
      for (const change of [
        () => updateApiKey(other, { id, enabled: false }),
        () => updateApiKey(other, { id, enabled: true }),
        () => revokeApiKey(other, { id }),
      ]) {
        const before = (await lookUp(one.keys, hash)).key;
        const { result } = await change();
        later(NOTICED_MS);
        const { key } = await lookUp(one.keys, hash);
        expect(key).toMatchObject({ enabled: result.enabled, revoked: result.revokedAt !== null });
        expect(key).not.toEqual(before);
      }
    });

    test('sees a change of a role, and both processes’ changes of one key', async () => {
      const later = stopTime();
      const { ctx } = await makeOrganization(services());
      const role = (await createRole(ctx, { name: 'Reader', permissions: ['a.b'] })).result;
      const { apiKey, secret } = (await createApiKey(ctx, { name: 'Key', roleId: role.id })).result;
      const [{ ctx: one }, { ctx: other }] = [await process(ctx), await process(ctx)];
      const permissions = async (keys = one.keys) =>
        (await lookUp(keys, hashSecret(secret))).key?.permissions;
      expect([await permissions(), await permissions(other.keys)]).toEqual([['a.b'], ['a.b']]);
      await updateRole(other, { id: role.id, permissions: ['a.c'] });
      await updateApiKey(one, { id: apiKey.id, grants: ['a.d'] });
      later(NOTICED_MS);
      expect(await permissions()).toEqual(['a.c', 'a.d']);
      expect(await permissions(other.keys)).toEqual(['a.c', 'a.d']);
    });

    if (sync) {
      test('keeps what others’ changes don’t concern', async () => {
        const later = stopTime();
        const { ctx, hash, organization } = await made();
        const [{ ctx: one, probe }, { ctx: other }] = [await process(ctx), await process(ctx)];
        await lookUp(one.keys, hash);
        await createApiKey(other, { organizationId: organization.id, name: 'Another' });
        later(NOTICED_MS);
        probe.reads = 0;
        await lookUp(one.keys, hash);
        // The position and the log, not the key.
        expect(probe.reads).toBe(2);
        await lookUp(one.keys, hash);
        expect(probe.reads).toBe(2);
      });

      test('forgets all of an organization where too much has changed', async () => {
        const later = stopTime();
        const { ctx, hash, id } = await made();
        const [{ ctx: one }, { ctx: other }] = [await process(ctx), await process(ctx)];
        expect((await lookUp(one.keys, hash)).key).toMatchObject({ enabled: true });
        for (let change = 0; change < 501; change += 1)
          await updateApiKey(other, { id, enabled: change % 2 === 1 });
        later(NOTICED_MS);
        expect((await lookUp(one.keys, hash)).key).toMatchObject({ enabled: false });
        await updateApiKey(other, { id, enabled: true });
        later(NOTICED_MS);
        expect((await lookUp(one.keys, hash)).key).toMatchObject({ enabled: true });
      });
    }
  });

  describe('where the database fails', () => {
    test('can’t say for a key that it does not remember', async () => {
      const { ctx, hash } = await made();
      const { ctx: other, probe } = await process(ctx);
      probe.failure = new Error('gone');
      await expect(lookUp(other.keys, hash)).rejects.toThrow('gone');
      probe.failure = null;
      expect((await lookUp(other.keys, hash)).key).not.toBeNull();
    });

    test('goes on with those that it does, for a while', async () => {
      const later = stopTime();
      const { ctx, hash } = await made();
      const { ctx: other, probe } = await process(ctx);
      await lookUp(other.keys, hash);
      await lookUp(other.keys, hash);
      probe.failure = new Error('gone');
      expect((await lookUp(other.keys, hash)).key).not.toBeNull();
      // 1 s where others' changes could be missed, 3 s where only the look at the file fails.
      later(sync ? 2_900 : 900);
      expect((await lookUp(other.keys, hash)).key).not.toBeNull();
      later(101);
      await expect(lookUp(other.keys, hash)).rejects.toThrow('gone');
    });
  });
});

/** From here to the end of the test, time goes on for look-ups only as far as the test says, milliseconds. */
function stopTime(): (milliseconds: number) => void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return (milliseconds) => {
    now += milliseconds;
  };
}
