import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { AppError, ConflictError, ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { loadApiKeys, loadSecretsOfKeys, secretStatusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { revokeApiKeys } from '../../src/keys/revoke-api-keys.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';

onEachDatabase('revoking', (engine) => {
  const services = servicesOn(engine);

  async function made(count = 1) {
    const organization = await makeOrganization(services());
    const keys = [];
    for (let index = 0; index < count; index += 1)
      keys.push((await createApiKey(organization.ctx, { name: `Key ${index}` })).result);
    const [first] = keys;
    if (!first) throw new Error('There is no key');
    const ids = keys.map((key) => key.apiKey.id);
    const code = async (key: string) => (await verifyApiKey(organization.ctx, { key })).code;
    const revoked = async () =>
      (await loadApiKeys(organization.ctx, ids)).filter((key) => key.revokedAt !== null).length;
    return { ...organization, keys, ids, id: first.apiKey.id, secret: first.secret, code, revoked };
  }

  async function secretsOf({ ctx, id }: Pick<Awaited<ReturnType<typeof made>>, 'ctx' | 'id'>) {
    const secrets = (await loadSecretsOfKeys(ctx, [id])).get(id) ?? [];
    return secrets.map((one) => ({ id: one.id, status: secretStatusOf(one, services().clock.now()) }));
  }

  describe('a key', () => {
    test('ends it with all its secrets, and says who did it, when and why', async () => {
      const key = await made();
      const { ctx, id, secret, code } = key;
      const rotated = (await rotateApiKey(ctx, { id, overlapSeconds: 10 })).result;
      const third = (await rotateApiKey(ctx, { id, overlapSeconds: 60 })).result;
      services().clock.advance(10_000);
      const { result, propagation } = await revokeApiKey(ctx, { id, reason: 'Left the company\nyesterday' });
      expect(result).toMatchObject({
        id,
        revokedAt: services().clock.now(),
        revokedBy: ctx.principal?.actor,
        revocationReason: 'Left the company\nyesterday',
        updatedAt: services().clock.now(),
      });
      expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
      for (const one of [secret, rotated.secret, third.secret]) expect(await code(one)).toBe('REVOKED');
      // The one whose overlap had run out before says so.
      expect((await secretsOf(key)).map((one) => one.status)).toEqual(['REVOKED', 'REVOKED', 'EXPIRED']);
    });

    test('is written into the audit log', async () => {
      const { ctx, id } = await made();
      await updateApiKey(ctx, { id, enabled: false });
      await revokeApiKey(ctx, { id, reason: ' ' });
      const entry = (await auditOf(ctx, id)).at(-1);
      expect(entry).toMatchObject({ action: 'api_key.revoked', actor: ctx.principal?.actor });
      expect(entry?.changes).toEqual({ status: ['DISABLED', 'REVOKED'], reason: [null, null] });
    });

    test('20 times at once is done by exactly one, and answered alike', async () => {
      const { ctx, id } = await made();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => revokeApiKey(ctx, { id, reason: `${index}` })),
      );
      expect(await auditOf(ctx, id)).toHaveLength(2);
      const [key] = await loadApiKeys(ctx, [id]);
      expect(key?.revocationReason).toMatch(/^\d+$/);
      for (const { result } of outcomes) expect(result).toEqual(key);
    });

    test('again gives the first result, also to someone else, and announces and records nothing', async () => {
      const { ctx, id, organization } = await made();
      const { result: first } = await revokeApiKey(ctx, { id, reason: 'Leak' });
      services().clock.advance(60_000);
      const events = services().events.length;
      const log = await auditOf(ctx);
      const other = contextFor(services(), memberOf(organization.id, ['api.key.delete', 'api.key.view']));
      for (const caller of [ctx, other]) {
        const { result, propagation } = await revokeApiKey(caller, { id, reason: 'Another reason' });
        expect(result).toEqual(first);
        expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
      }
      expect(services().events.slice(events)).toEqual([]);
      expect(await auditOf(ctx)).toEqual(log);
    });

    test('again is refused for who may not revoke it, or for a reason that can’t be kept', async () => {
      const { ctx, id, organization } = await made();
      await revokeApiKey(ctx, { id });
      const viewer = contextFor(services(), memberOf(organization.id, ['api.key.view']));
      await expect(revokeApiKey(viewer, { id })).rejects.toThrow(ForbiddenError);
      const stranger = await made();
      await expect(revokeApiKey(stranger.ctx, { id })).rejects.toThrow(NotFoundError);
      await expect(revokeApiKey(ctx, { id, reason: 'a\0b' })).rejects.toThrow(AppError);
    });

    test('is refused for one of another organization as for none', async () => {
      const { ctx } = await made();
      const foreign = await made();
      for (const id of [foreign.id, newId('key'), newId('sec'), 'a\0b'])
        await expect(revokeApiKey(ctx, { id })).rejects.toThrow(new NotFoundError(id, 'API key'));
      expect(await foreign.revoked()).toBe(0);
    });

    test('is refused for who lacks api.key.delete', async () => {
      const { id, organization, revoked } = await made();
      const ctx = contextFor(services(), memberOf(organization.id, ['api.key.view', 'api.key.update']));
      await expect(revokeApiKey(ctx, { id })).rejects.toThrow(new ForbiddenError('api.key.delete'));
      expect(await revoked()).toBe(0);
    });

    test('is refused for a reason that can’t be kept', async () => {
      const { ctx, id, revoked } = await made();
      for (const reason of ['a'.repeat(501), 'a\0b'])
        await expect(revokeApiKey(ctx, { id, reason })).rejects.toThrow(
          expect.objectContaining({ name: AppError.name, code: 'BAD_USER_INPUT' }),
        );
      expect(await revoked()).toBe(0);
      await revokeApiKey(ctx, { id, reason: 'a'.repeat(500) });
    });
  });

  describe('several keys', () => {
    test('ends them all, in the order of their ids, each once', async () => {
      const { ctx, ids, revoked } = await made(3);
      const [one = '', two = '', three = ''] = ids;
      const { result } = await revokeApiKeys(ctx, { ids: [three, one, three, two, one], reason: 'Leak' });
      expect(result.map((key) => key.id)).toEqual([three, one, two]);
      expect(await revoked()).toBe(3);
      const log = (await auditOf(ctx)).filter((entry) => entry.action === 'api_key.revoked');
      expect(log.map((entry) => entry.target_id)).toEqual([three, one, two]);
      expect(log[0]?.changes).toEqual({ status: ['ACTIVE', 'REVOKED'], reason: [null, 'Leak'] });
    });

    test('gives them as they are then, and lets requests be answered before it is done', async () => {
      const { ctx, ids } = await made(30);
      const turns = countTurns();
      const { result } = await revokeApiKeys(ctx, { ids, reason: 'Leak' });
      turns.stop();
      expect(turns.count).toBeGreaterThanOrEqual(2);
      const stored = await loadApiKeys(ctx, ids);
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
      expect([...result].sort(byId)).toEqual([...stored].sort(byId));
    });

    test('of several organizations is for operators', async () => {
      const [one, other] = [await made(2), await made(2)];
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      await revokeApiKeys(operator, { ids: [...one.ids, ...other.ids] });
      expect([await one.revoked(), await other.revoked()]).toEqual([2, 2]);
      expect((await auditOf(other.ctx)).at(-1)?.actor).toBe('operator:billing');
    });

    test('in two orders at once does not wait for ever, and is done once', async () => {
      const [one, other] = [await made(2), await made(2)];
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      await Promise.all([
        revokeApiKeys(operator, { ids: [...one.ids, ...other.ids] }),
        revokeApiKeys(operator, { ids: [...other.ids, ...one.ids] }),
      ]);
      for (const { ctx } of [one, other]) {
        const log = (await auditOf(ctx)).filter((entry) => entry.action === 'api_key.revoked');
        expect(log).toHaveLength(2);
      }
    });

    test('is refused as a whole where one is foreign or unknown', async () => {
      const { ctx, ids, revoked } = await made(3);
      const foreign = await made();
      for (const id of [foreign.id, newId('key'), newId('org'), 'a\0b'])
        await expect(revokeApiKeys(ctx, { ids: [...ids, id] })).rejects.toThrow(
          new NotFoundError(id, 'API key'),
        );
      expect([await revoked(), await foreign.revoked()]).toEqual([0, 0]);
    });

    test('keeps the first result of one that is revoked already, and ends the others', async () => {
      const { ctx, ids, revoked } = await made(3);
      const [first = '', second = '', third = ''] = ids;
      const { result: before } = await revokeApiKey(ctx, { id: second, reason: 'Leak' });
      services().clock.advance(60_000);
      const { result } = await revokeApiKeys(ctx, { ids, reason: 'All' });
      expect(await revoked()).toBe(3);
      expect(result.map((key) => key.id)).toEqual(ids);
      expect(result[1]).toEqual(before);
      expect(result[0]).toMatchObject({ revokedAt: services().clock.now(), revocationReason: 'All' });
      const log = (await auditOf(ctx)).filter((entry) => entry.action === 'api_key.revoked');
      expect(log.map((entry) => entry.target_id)).toEqual([second, first, third]);
      services().clock.advance(60_000);
      expect((await revokeApiKeys(ctx, { ids })).result).toEqual(result);
    });

    test('is refused for none, for 501, and for a reason that can’t be kept', async () => {
      const { ctx, ids, revoked } = await made();
      const foreign = await made();
      expect(await issuesOf(revokeApiKeys(ctx, { ids: [] }))).toHaveLength(1);
      const many = [...ids, foreign.id, ...Array.from({ length: 499 }, () => newId('key'))];
      const issues = await issuesOf(revokeApiKeys(ctx, { ids: many, reason: 'a'.repeat(501) }));
      expect(issues.map((issue) => issue.path)).toEqual([
        ['input', 'ids'],
        ['input', 'reason'],
      ]);
      expect([await revoked(), await foreign.revoked()]).toEqual([0, 0]);
    });

    test('takes 500 at once', async () => {
      const { ctx, id } = await made();
      await expect(revokeApiKeys(ctx, { ids: Array(500).fill(id) })).resolves.toBeDefined();
    });

    test('is refused for who lacks api.key.delete', async () => {
      const { ids, organization, revoked } = await made();
      const ctx = contextFor(services(), memberOf(organization.id, ['api.key.update']));
      await expect(revokeApiKeys(ctx, { ids })).rejects.toThrow(new ForbiddenError('api.key.delete'));
      expect(await revoked()).toBe(0);
    });
  });

  describe('a secret', () => {
    test('ends it and leaves the others', async () => {
      const key = await made();
      const { ctx, id, secret, code } = key;
      const { result: rotated } = await rotateApiKey(ctx, { id });
      services().clock.advance(1);
      const { result, propagation } = await revokeApiKeySecret(ctx, { id: rotated.retiring.id });
      expect(result).toMatchObject({ id, revokedAt: null, updatedAt: services().clock.now() });
      expect(propagation.totalNodes).toBe(1);
      expect([await code(secret), await code(rotated.secret)]).toEqual(['REVOKED', 'VALID']);
      const entry = (await auditOf(ctx, id)).at(-1);
      expect(entry).toMatchObject({ action: 'api_key.secret_revoked' });
      expect(entry?.changes).toEqual({ secretId: [rotated.retiring.id, null] });
    });

    test('may end the only one', async () => {
      const key = await made();
      const [own] = await secretsOf(key);
      await revokeApiKeySecret(key.ctx, { id: own?.id ?? '' });
      expect(await key.code(key.secret)).toBe('REVOKED');
      expect(await secretsOf(key)).toEqual([{ id: own?.id, status: 'REVOKED' }]);
    });

    test('is refused for one that has expired, and succeeds for one that is revoked', async () => {
      const key = await made();
      const { ctx, id } = key;
      const first = (await rotateApiKey(ctx, { id, overlapSeconds: 10 })).result.retiring;
      services().clock.advance(10_000);
      const expired = { name: ConflictError.name, reason: 'EXPIRED' };
      await expect(revokeApiKeySecret(ctx, { id: first.id })).rejects.toMatchObject(expired);
      const second = (await rotateApiKey(ctx, { id, overlapSeconds: 10 })).result.retiring;
      const { result: revoked } = await revokeApiKeySecret(ctx, { id: second.id });
      services().clock.advance(1_000);
      expect((await revokeApiKeySecret(ctx, { id: second.id })).result).toEqual(revoked);
      const { result: ended } = await revokeApiKey(ctx, { id });
      const log = await auditOf(ctx);
      const events = services().events.length;
      const [newest] = await secretsOf(key);
      expect((await revokeApiKeySecret(ctx, { id: newest?.id ?? '' })).result).toEqual(ended);
      await expect(revokeApiKeySecret(ctx, { id: first.id })).rejects.toMatchObject(expired);
      expect(await auditOf(ctx)).toEqual(log);
      expect(services().events).toHaveLength(events);
    });

    test('20 times at once is done by exactly one', async () => {
      const key = await made();
      const [own] = await secretsOf(key);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => revokeApiKeySecret(key.ctx, { id: own?.id ?? '' })),
      );
      expect(outcomes).toHaveLength(20);
      const log = (await auditOf(key.ctx)).filter((entry) => entry.action === 'api_key.secret_revoked');
      expect(log).toHaveLength(1);
    });

    test('is refused for one of another organization as for none', async () => {
      const { ctx } = await made();
      const foreign = await made();
      const [theirs] = await secretsOf(foreign);
      for (const id of [theirs?.id ?? '', newId('sec'), foreign.id, 'a\0b'])
        await expect(revokeApiKeySecret(ctx, { id })).rejects.toThrow(new NotFoundError(id, 'secret'));
    });

    test('is refused for who lacks api.key.update', async () => {
      const key = await made();
      const [own] = await secretsOf(key);
      const ctx = contextFor(services(), memberOf(key.organization.id, ['api.key.delete']));
      await expect(revokeApiKeySecret(ctx, { id: own?.id ?? '' })).rejects.toThrow(
        new ForbiddenError('api.key.update'),
      );
    });
  });
});
