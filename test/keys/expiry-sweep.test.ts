import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { expirySweep } from '../../src/keys/expiry/expiry-sweep.ts';
import { recordExpiries, withdrawExpiries } from '../../src/keys/expiry/record-expiries.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import { Notes, planOf } from '../support/plans.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';
import { eventually } from '../support/wait.ts';

const HOUR = 3_600_000;
const KEYS = 1_500;

/** Most that is recorded in one transaction, and announced in one turn. */
const AT_ONCE_MAX = 400;

onEachDatabase('many keys that expire in the same second', (engine) => {
  const services = servicesOn(engine);

  async function expired(keys = KEYS) {
    const made = await makeOrganization(services());
    const expiresAt = services().clock.now() + HOUR;
    const { apiKey } = (await createApiKey(made.ctx, { name: 'CI', expiresAt })).result;
    await copyKey({ services: services() }, apiKey.id, keys - 1);
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

  it('are found in the order of an index, and recorded by their ids alone, however many there are', async () => {
    // Several times as many as are looked for at once.
    const keys = 8_000;
    await expired(keys);
    if (engine === 'postgres') await sql`analyze api_keys`.execute(services().db);
    const notes = new Notes(engine);
    const noted = notes.on(services());
    expect(await recordExpiries({ ...noted, unhurried: noted.db })).toBe(keys);
    const queries = notes.take();
    const plansOf = (text: RegExp) =>
      Promise.all(
        queries.filter((query) => text.test(query.sql)).map((query) => planOf(services().db, engine, query)),
      );
    const found = await plansOf(/^select .*expiry_recorded_at/s);
    expect(found.length).toBeGreaterThan(0);
    for (const { steps, plan } of found) {
      expect(plan).toContain('to_expire');
      expect(steps).toEqual([]);
    }
    const marked = await plansOf(/^update "api_keys" set "expiry_recorded_at"/);
    expect(marked.length).toBeGreaterThan(0);
    for (const { plan } of marked) expect(plan).not.toContain('to_expire');
  });

  it('make no server forget or look for anything: verification compares times', async () => {
    const { ctx, organization } = await expired();
    const retiring = (await createApiKey(ctx, { name: 'Rotated' })).result.apiKey;
    await rotateApiKey(ctx, { id: retiring.id, overlapSeconds: 60 });
    services().clock.advance(60_000);
    const concerned: (readonly string[] | null)[] = [];
    const leave = services().bus.onInvalidate(({ organizationId, keyIds }) => {
      if (organizationId === organization.id) concerned.push(keyIds);
    });
    onTestFinished(leave);
    expect(await recordExpiries(services())).toBe(KEYS + 1);
    expect(concerned.length).toBeGreaterThanOrEqual(KEYS / AT_ONCE_MAX);
    expect(concerned.flat()).toEqual([]);
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
