import { describe, expect, test } from 'vitest';
import { ForbiddenError } from '../../src/core/errors.ts';
import { rotationDueAt, secretStatusOf, statusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { summarizeApiKeys } from '../../src/keys/lists/summarize-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const DAY_MS = 86_400_000;

const exactly = (count: number) => ({ count, isExact: true });

onEachDatabase('the summary of keys', (engine) => {
  const services = servicesOn(engine);

  test('counts none where there is none', async () => {
    const { ctx, organization } = await makeOrganization(services());
    expect(await summarizeApiKeys(ctx, organization.id)).toEqual({
      active: 0,
      disabled: 0,
      expired: 0,
      revoked: 0,
      unused: exactly(0),
      rotationOverdue: exactly(0),
      expiringSoon: exactly(0),
    });
  });

  test('counts by status, use, rotation and expiry', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const create = async (given: Partial<Parameters<typeof createApiKey>[1]> = {}) =>
      (await createApiKey(ctx, { name: 'A', ...given })).result;
    const start = services().clock.now();
    const used = await create({ environment: 'test' });
    await create({ environment: 'test' });
    const rotated = await create();
    const overdue = await create();
    await updateApiKey(ctx, { id: (await create()).apiKey.id, enabled: false });
    await revokeApiKey(ctx, { id: (await create()).apiKey.id });
    await create({ expiresAt: start + DAY_MS });

    services().clock.set(start + 90 * DAY_MS);
    await rotateApiKey(ctx, { id: rotated.apiKey.id });
    await create({ expiresAt: start + 98 * DAY_MS });
    await verifyApiKey(ctx, { key: used.secret });
    services().clock.advance(DAY_MS);
    expect(await summarizeApiKeys(ctx, organization.id)).toEqual({
      active: 5,
      disabled: 1,
      expired: 1,
      revoked: 1,
      unused: exactly(3),
      rotationOverdue: exactly(1),
      expiringSoon: exactly(1),
    });
    await verifyApiKey(ctx, { key: overdue.secret });
    expect(await summarizeApiKeys(ctx, organization.id)).toMatchObject({
      unused: exactly(2),
      rotationOverdue: exactly(1),
    });
  });

  test('is refused to who lacks api.key.view', async () => {
    const { organization } = await makeOrganization(services());
    const ctx = contextFor(services(), memberOf(organization.id, ['organization.view']));
    await expect(summarizeApiKeys(ctx, organization.id)).rejects.toThrow(new ForbiddenError('api.key.view'));
  });
});

describe('the status of a key', () => {
  const key = { revokedAt: null, enabled: true, expiresAt: null };

  test.each([
    [key, 'ACTIVE'],
    [{ ...key, expiresAt: 101 }, 'ACTIVE'],
    [{ ...key, expiresAt: 100 }, 'EXPIRED'],
    [{ ...key, enabled: false, expiresAt: 100 }, 'DISABLED'],
    [{ revokedAt: 50, enabled: false, expiresAt: 100 }, 'REVOKED'],
  ])('%j is %s', (one, status) => {
    expect(statusOf(one, 100)).toBe(status);
  });
});

describe('the status of a secret', () => {
  const secret = { revokedAt: null, expiresAt: null, keyExpiresAt: null, replacedAt: null };

  test.each([
    [secret, 'ACTIVE'],
    [{ ...secret, replacedAt: 50, expiresAt: 101 }, 'RETIRING'],
    [{ ...secret, replacedAt: 50, expiresAt: 100 }, 'EXPIRED'],
    [{ ...secret, keyExpiresAt: 100 }, 'EXPIRED'],
    [{ ...secret, revokedAt: 50, replacedAt: 50, expiresAt: 50 }, 'REVOKED'],
  ])('%j is %s', (one, status) => {
    expect(secretStatusOf(one, 100)).toBe(status);
  });
});

test('rotation is due some days after the newest secret, by environment; never for revoked keys', () => {
  const policy = { liveDays: 90, testDays: null };
  const key = { revokedAt: null, environment: 'live', rotatedAt: 5 } as const;
  expect(rotationDueAt(key, policy)).toBe(5 + 90 * DAY_MS);
  expect(rotationDueAt({ ...key, environment: 'test' }, policy)).toBeNull();
  expect(rotationDueAt({ ...key, revokedAt: 6 }, policy)).toBeNull();
});
