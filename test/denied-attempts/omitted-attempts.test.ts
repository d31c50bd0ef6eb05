import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { OmittedAttempts } from '../../src/denied-attempts/omitted-attempts.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;

onEachDatabase('numbers of denied attempts', (engine) => {
  const services = servicesOn(engine);
  afterEach(() => vi.restoreAllMocks());

  /** Runs something while no entry can be written. */
  async function withoutLog(work: () => Promise<void>): Promise<void> {
    await sql`alter table audit_log rename to audit_log_away`.execute(services().db);
    await work();
    await sql`alter table audit_log_away rename to audit_log`.execute(services().db);
  }

  async function written(organizationId: string) {
    const rows = await services()
      .db.selectFrom('audit_log')
      .select('changes')
      .where('organization_id', '=', organizationId)
      .where('action', '=', 'organization.denied_attempts_omitted')
      .execute();
    return rows.map(({ changes }) => JSON.parse(changes));
  }

  /** Of the timers that were started since, how long those for whole seconds near a minute wait. */
  function timers() {
    const started = vi.spyOn(globalThis, 'setTimeout');
    return () => started.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms >= 35_000 && ms <= MINUTE_MS);
  }

  test('that can’t be written keep the time of the first attempt', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { clock } = services();
    const omitted = new OmittedAttempts(clock);
    const since = new Date(clock.now()).toISOString();
    for (let n = 0; n < 3; n += 1) omitted.add(ctx, organization.id);
    clock.advance(MINUTE_MS);
    await withoutLog(async () => {
      const writing = omitted.write();
      // One that is denied meanwhile is counted with them.
      await Promise.resolve().then(() => omitted.add(ctx, organization.id));
      await writing;
    });
    expect(await written(organization.id)).toEqual([]);
    await omitted.write();
    expect(await written(organization.id)).toEqual([]);
    clock.advance(MINUTE_MS);
    await omitted.write();
    expect(await written(organization.id)).toEqual([{ count: [null, 4], since: [null, since] }]);
    await omitted.stop();
  });

  test('are each written a minute after its first attempt', async () => {
    const [first, second] = [await makeOrganization(services()), await makeOrganization(services())];
    const omitted = new OmittedAttempts(services().clock);
    const started = timers();
    omitted.add(first.ctx, first.organization.id);
    services().clock.advance(20_000);
    omitted.add(second.ctx, second.organization.id);
    services().clock.advance(2_000);
    await omitted.write();
    expect(started()).toEqual([MINUTE_MS, 38_000]);
    services().clock.advance(38_000);
    await omitted.write();
    expect((await written(first.organization.id)).length).toBe(1);
    expect((await written(second.organization.id)).length).toBe(0);
    await omitted.stop();
    expect((await written(second.organization.id)).length).toBe(1);
  });

  test('wait for no minute once the server stops, and are complete by then', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const omitted = new OmittedAttempts(services().clock);
    omitted.add(ctx, organization.id);
    services().clock.advance(MINUTE_MS);
    const started = timers();
    await withoutLog(async () => {
      const writing = omitted.write();
      await omitted.stop();
      await writing;
    });
    expect(started()).toEqual([]);
    omitted.add(ctx, organization.id);
    expect(started()).toEqual([]);
    void omitted.stop();
    await omitted.stop();
    expect(await written(organization.id)).toMatchObject([{ count: [null, 2] }]);
  });
});
