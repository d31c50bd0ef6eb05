import { describe, expect, test } from 'vitest';
import { ConflictError, EscalationError, ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { loadSecretsOfKeys, secretStatusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('rotating a key', (engine) => {
  const services = servicesOn(engine);

  async function made(given: Partial<Parameters<typeof createApiKey>[1]> = {}) {
    const organization = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(organization.ctx, { name: 'Deploy', ...given })).result;
    const code = async (key: string) => (await verifyApiKey(organization.ctx, { key })).code;
    const statuses = async () => {
      const secrets = (await loadSecretsOfKeys(organization.ctx, [apiKey.id])).get(apiKey.id) ?? [];
      return secrets.map((one) => secretStatusOf(one, services().clock.now()));
    };
    return { ...organization, id: apiKey.id, apiKey, secret, code, statuses };
  }

  test('gives a new secret; the old one is accepted for a day more', async () => {
    const { ctx, id, apiKey, secret, code, statuses } = await made();
    services().clock.advance(5);
    const { result } = await rotateApiKey(ctx, { id });
    const now = services().clock.now();
    expect(result.apiKey).toEqual({
      ...apiKey,
      start: result.secret.slice(0, 16),
      rotatedAt: now,
      updatedAt: now,
    });
    expect(result.retiring).toMatchObject({
      start: secret.slice(0, 16),
      replacedAt: now,
      expiresAt: now + 86_400_000,
      revokedAt: null,
    });
    expect(await statuses()).toEqual(['ACTIVE', 'RETIRING']);
    expect([await code(secret), await code(result.secret)]).toEqual(['VALID', 'VALID']);
    services().clock.advance(86_399_999);
    expect(await code(secret)).toBe('VALID');
    services().clock.advance(1);
    expect([await code(secret), await code(result.secret)]).toEqual(['EXPIRED', 'VALID']);
    expect(await statuses()).toEqual(['ACTIVE', 'EXPIRED']);
  });

  test('without overlap ends the old secret now', async () => {
    const { ctx, id, secret, code, statuses } = await made();
    const { result } = await rotateApiKey(ctx, { id, overlapSeconds: 0 });
    expect([await code(secret), await code(result.secret)]).toEqual(['REVOKED', 'VALID']);
    expect(await statuses()).toEqual(['ACTIVE', 'REVOKED']);
  });

  test('does not let the old secret live longer than the key', async () => {
    const expiresAt = services().clock.now() + 5000;
    const { ctx, id } = await made({ expiresAt });
    const { result } = await rotateApiKey(ctx, { id, overlapSeconds: 7_776_000 });
    expect(result.retiring.expiresAt).toBe(expiresAt);
  });

  test('again leaves secrets that retire already their own ends', async () => {
    const { ctx, id, secret, code, statuses } = await made();
    const second = (await rotateApiKey(ctx, { id, overlapSeconds: 100 })).result;
    const third = (await rotateApiKey(ctx, { id, overlapSeconds: 0 })).result;
    expect(await statuses()).toEqual(['ACTIVE', 'REVOKED', 'RETIRING']);
    expect([await code(secret), await code(second.secret), await code(third.secret)]).toEqual([
      'VALID',
      'REVOKED',
      'VALID',
    ]);
  });

  test('works for a key whose secrets were all revoked, and for a disabled one', async () => {
    const { ctx, id, statuses } = await made();
    const [own] = (await loadSecretsOfKeys(ctx, [id])).get(id) ?? [];
    await revokeApiKeySecret(ctx, { id: own?.id ?? '' });
    await updateApiKey(ctx, { id, enabled: false });
    const { result } = await rotateApiKey(ctx, { id });
    expect(result.retiring).toMatchObject({ id: own?.id, revokedAt: services().clock.now() });
    expect(await statuses()).toEqual(['ACTIVE', 'REVOKED']);
  });

  test('uses the organization’s prefix of today', async () => {
    const { ctx, id, organization } = await made();
    await ctx.db
      .updateTable('organizations')
      .set({ key_prefix: 'p402' })
      .where('id', '=', organization.id)
      .execute();
    expect((await rotateApiKey(ctx, { id })).result.secret).toMatch(/^p402_live_/);
  });

  test('leaves the key found by the display forms of all its secrets', async () => {
    const { ctx, id, apiKey, organization } = await made();
    const { result } = await rotateApiKey(ctx, { id });
    for (const search of [apiKey.start, result.apiKey.start]) {
      const { edges } = await listApiKeys(ctx, organization.id, { filter: { search } }, {});
      expect(edges.map((edge) => edge.node.id)).toEqual([id]);
    }
  });

  test('shows and finds what is accepted and the newest hundred that ended, of many keys at once', async () => {
    const { ctx, id, apiKey, organization } = await made();
    const other = (await createApiKey(ctx, { name: 'Other' })).result.apiKey;
    const starts = [apiKey.start];
    await rotateApiKey(ctx, { id, overlapSeconds: 7_776_000 });
    for (let turn = 0; turn < 103; turn += 1) {
      services().clock.advance(1);
      const { result } = await rotateApiKey(ctx, { id, overlapSeconds: 0 });
      starts.push(result.retiring.start);
    }
    services().statements.length = 0;
    const secrets = await loadSecretsOfKeys(ctx, [id, other.id]);
    expect(services().statements).toHaveLength(1);
    expect(secrets.get(other.id)?.map(({ start }) => start)).toEqual([other.start]);
    const now = services().clock.now();
    const shown = secrets.get(id) ?? [];
    expect(shown.map((one) => secretStatusOf(one, now))).toEqual([
      'ACTIVE',
      ...Array(100).fill('REVOKED'),
      'RETIRING',
    ]);
    expect(shown.slice(1).map(({ start }) => start)).toEqual([...starts.slice(-100).reverse(), apiKey.start]);
    const found = async (search: string) =>
      (await listApiKeys(ctx, organization.id, { filter: { search } }, {})).edges.length;
    expect(
      await Promise.all([starts[0], starts.at(-100), starts.at(-1)].map((one) => found(one ?? ''))),
    ).toEqual([1, 1, 1]);
    expect(await Promise.all([starts[1], starts[2], starts[3]].map((one) => found(one ?? '')))).toEqual([
      0, 0, 0,
    ]);
  });

  test('is written into the audit log without secret or hash', async () => {
    const { ctx, id } = await made();
    const { result } = await rotateApiKey(ctx, { id, overlapSeconds: 60 });
    const [newest] = (await loadSecretsOfKeys(ctx, [id])).get(id) ?? [];
    const entry = (await auditOf(ctx, id)).at(-1);
    expect(entry).toMatchObject({ action: 'api_key.rotated', actor: ctx.principal?.actor });
    expect(entry?.changes).toEqual({
      secretId: [result.retiring.id, newest?.id],
      overlapSeconds: [null, 60],
    });
    expect(JSON.stringify(entry)).not.toContain(result.secret.slice(16));
    expect(JSON.stringify(entry)).not.toContain(hashSecret(result.secret));
  });

  test('10 times at once leaves one newest secret and all others retiring', async () => {
    const { ctx, id, statuses } = await made();
    const turns = Array.from({ length: 10 }, () => rotateApiKey(ctx, { id, overlapSeconds: 60 }));
    const outcomes = await Promise.allSettled(turns);
    // The tenth would be the eleventh secret that is accepted.
    expect(outcomes.filter((one) => one.status === 'rejected')).toHaveLength(1);
    expect((await statuses()).sort()).toEqual(['ACTIVE', ...Array(9).fill('RETIRING')]);
  });

  describe('is refused', () => {
    test.each([-1, 7_776_001, 1.5, Number.NaN])('for an overlap of %s seconds', async (overlapSeconds) => {
      const { ctx, id } = await made();
      const issues = await issuesOf(rotateApiKey(ctx, { id, overlapSeconds }));
      expect(issues.map((issue) => issue.path)).toEqual([['input', 'overlapSeconds']]);
    });

    test('for a key of another organization as for none', async () => {
      const { ctx } = await made();
      const foreign = await made();
      for (const id of [foreign.id, newId('key'), newId('sec'), 'a\0b'])
        await expect(rotateApiKey(ctx, { id })).rejects.toThrow(new NotFoundError(id, 'API key'));
    });

    test('for a revoked or expired key', async () => {
      const { ctx, id } = await made({ expiresAt: services().clock.now() + 10 });
      services().clock.advance(10);
      await expect(rotateApiKey(ctx, { id })).rejects.toThrow(/expired/);
      await updateApiKey(ctx, { id, enabled: false });
      await expect(rotateApiKey(ctx, { id })).rejects.toThrow(/expired/);
      await revokeApiKey(ctx, { id });
      await expect(rotateApiKey(ctx, { id })).rejects.toThrow(ConflictError);
    });

    test('where ten secrets are accepted already, unless one of them ends', async () => {
      const { ctx, id } = await made();
      for (let turn = 1; turn < 10; turn += 1) await rotateApiKey(ctx, { id, overlapSeconds: 60 });
      await expect(rotateApiKey(ctx, { id, overlapSeconds: 60 })).rejects.toThrow(ConflictError);
      await rotateApiKey(ctx, { id, overlapSeconds: 0 });
      services().clock.advance(60_000);
      await rotateApiKey(ctx, { id, overlapSeconds: 60 });
    });

    test('for who lacks api.key.update, or a permission of the key', async () => {
      const { id, organization } = await made({ grants: ['a', 'b'] });
      const viewer = contextFor(services(), memberOf(organization.id, ['api.key.view']));
      await expect(rotateApiKey(viewer, { id })).rejects.toThrow(new ForbiddenError('api.key.update'));
      const some = contextFor(services(), memberOf(organization.id, ['api.key.*', 'a']));
      await expect(rotateApiKey(some, { id })).rejects.toThrow(new EscalationError(['b']));
    });
  });
});
