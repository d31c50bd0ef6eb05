import { expect, it } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { recordExpiries } from '../../src/keys/expiry/record-expiries.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const HOUR = 3_600_000;

onEachDatabase('expiry in the log', (engine) => {
  const services = servicesOn(engine);

  async function expiringKey() {
    const { ctx } = await makeOrganization(services());
    const expiresAt = services().clock.now() + HOUR;
    const { result } = await createApiKey(ctx, { name: 'CI', expiresAt });
    const actions = async () => (await auditOf(ctx, result.apiKey.id)).map((entry) => entry.action);
    return { ctx, id: result.apiKey.id, expiresAt, actions };
  }

  it('is there once, from the millisecond on, by whom, and announced', async () => {
    const { ctx, id, expiresAt, actions } = await expiringKey();
    services().clock.set(expiresAt - 1);
    await recordExpiries(services());
    expect(await actions()).toEqual(['api_key.created']);
    services().clock.set(expiresAt);
    await Promise.all(Array.from({ length: 5 }, () => recordExpiries(services())));
    await recordExpiries(services());
    expect(await actions()).toEqual(['api_key.created', 'api_key.expired']);
    const [, entry] = await auditOf(ctx, id);
    expect(entry).toMatchObject({ actor: 'expiry', changes: { status: ['ACTIVE', 'EXPIRED'] } });
    const announced = services().events.filter((event) => event.type === 'change' && event.targetId === id);
    expect(announced.map((event) => event.type === 'change' && event.action)).toEqual([
      'api_key.created',
      'api_key.expired',
    ]);
  });

  it('comes again for another expiry, and never for one that was taken back or a revoked key', async () => {
    const first = await expiringKey();
    services().clock.set(first.expiresAt);
    await recordExpiries(services());
    const later = first.expiresAt + HOUR;
    await updateApiKey(first.ctx, { id: first.id, expiresAt: later });
    const extended = await expiringKey();
    await updateApiKey(extended.ctx, { id: extended.id, expiresAt: null });
    const revoked = await expiringKey();
    await revokeApiKey(revoked.ctx, { id: revoked.id });
    services().clock.set(later + HOUR);
    await recordExpiries(services());
    expect((await first.actions()).filter((action) => action === 'api_key.expired')).toHaveLength(2);
    expect(await extended.actions()).not.toContain('api_key.expired');
    expect(await revoked.actions()).not.toContain('api_key.expired');
  });

  it('tells of a retiring secret whose overlap runs out, with the secret it was', async () => {
    const { ctx } = await makeOrganization(services());
    const { apiKey } = (await createApiKey(ctx, { name: 'CI' })).result;
    const { retiring } = (await rotateApiKey(ctx, { id: apiKey.id, overlapSeconds: 60 })).result;
    services().clock.set(services().clock.now() + 60_000);
    await recordExpiries(services());
    await recordExpiries(services());
    const entries = await auditOf(ctx, apiKey.id);
    expect(entries.filter((entry) => entry.action === 'api_key.secret_expired')).toMatchObject([
      { actor: 'expiry', changes: { secretId: [retiring.id, null] } },
    ]);
  });
});
