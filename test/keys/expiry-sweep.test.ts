import { expect, it, onTestFinished } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { expirySweep } from '../../src/keys/expiry/expiry-sweep.ts';
import { withdrawExpiries } from '../../src/keys/expiry/record-expiries.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';
import { eventually } from '../support/wait.ts';

const HOUR = 3_600_000;
const KEYS = 1_500;

/** Most that is recorded in one transaction, and announced in one turn. */
const AT_ONCE_MAX = 400;

onEachDatabase('many keys that expire in the same second', (engine) => {
  const services = servicesOn(engine);

  async function expired() {
    const made = await makeOrganization(services());
    const expiresAt = services().clock.now() + HOUR;
    const { apiKey } = (await createApiKey(made.ctx, { name: 'CI', expiresAt })).result;
    await copyKey({ services: services() }, apiKey.id, KEYS - 1);
    services().clock.set(expiresAt);
    return { ...made, expiresAt };
  }

  it('are recorded in batches, between which requests and changes have their turn', async () => {
    const { ctx, organization } = await expired();
    const other = (await createApiKey(ctx, { name: 'Other' })).result.apiKey;
    const turns = countTurns();
    const seen: { turn: number; action: string }[] = [];
    let renaming: Promise<unknown> | null = null;
    const leave = services().bus.subscribe((event) => {
      if (event.type !== 'change' || event.organizationId !== organization.id) return;
      seen.push({ turn: turns.count, action: event.action });
      renaming ??= updateApiKey(ctx, { id: other.id, name: 'Renamed meanwhile' });
    });
    const sweep = expirySweep(services());
    onTestFinished(async () => {
      await sweep.stop();
      leave();
      turns.stop();
    });
    sweep.start();
    await eventually(() => seen.length === KEYS + 1);
    await renaming;
    // The change didn't wait for the rest of them.
    expect(seen.findIndex(({ action }) => action === 'api_key.updated')).toBeLessThan(KEYS);
    const byTurn = new Map<number, number>();
    for (const { turn } of seen) byTurn.set(turn, (byTurn.get(turn) ?? 0) + 1);
    expect(byTurn.size).toBeGreaterThanOrEqual(KEYS / AT_ONCE_MAX);
    expect(Math.max(...byTurn.values())).toBeLessThanOrEqual(AT_ONCE_MAX + 1);
  });

  it('stop with the batch that is under way, and go on from there', async () => {
    const { organization } = await expired();
    let recorded = 0;
    let stopping: Promise<void> | null = null;
    const first = expirySweep(services());
    const leave = services().bus.subscribe((event) => {
      if (event.type !== 'change' || event.organizationId !== organization.id) return;
      recorded += 1;
      stopping ??= first.stop();
    });
    onTestFinished(leave);
    first.start();
    await eventually(() => stopping !== null);
    await stopping;
    expect(recorded).toBeGreaterThan(0);
    expect(recorded).toBeLessThan(KEYS);
    const second = expirySweep(services());
    second.start();
    await eventually(() => recorded === KEYS);
    await second.stop();
  });

  it('are taken back in batches where the clock was ahead', async () => {
    const { expiresAt } = await expired();
    const sweep = expirySweep(services());
    sweep.start();
    const open = async () =>
      (
        await services()
          .db.selectFrom('api_keys')
          .select('id')
          .where('expires_at', '=', expiresAt)
          .where('expiry_recorded_at', 'is', null)
          .execute()
      ).length;
    await eventually(async () => (await open()) === 0);
    await sweep.stop();
    services().clock.set(expiresAt - HOUR);
    const turns = countTurns();
    expect(await withdrawExpiries(services())).toBe(KEYS);
    turns.stop();
    expect(turns.count).toBeGreaterThanOrEqual(KEYS / AT_ONCE_MAX);
    expect(await open()).toBe(KEYS);
  });
});
