import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ChangeLog } from '../../src/changes/change-log.ts';
import type { ChangeEvent } from '../../src/changes/events.ts';
import { localListeners } from '../../src/cluster/bus.ts';
import { ALL_STALE } from '../../src/cluster/stale.ts';
import { UnavailableError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn, type TestServices } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('hints that another node changed something', (engine) => {
  const services = servicesOn(engine);

  /** An organization that is changed by a node of which only hints come, and a follower of it from the beginning. */
  async function setUp(changes: number, own: Partial<TestServices> = {}) {
    const { ctx, organization } = await makeOrganization(services());
    const { id: organizationId } = organization;
    const { id } = (await createApiKey(ctx, { name: 'A' })).result.apiKey;
    const bus = localListeners();
    const log = new ChangeLog({ ...services(), ...own, bus });
    log.start();
    onTestFinished(() => log.stop());
    const received: number[] = [];
    const leave = await log.follow({
      organizationId,
      after: 0,
      keyIds: null,
      receive: ({ sequence }) => received.push(sequence),
      ready: () => turn(1_000),
      full: () => false,
      stopped: () => false,
      failed: (error) => {
        throw error;
      },
    });
    onTestFinished(leave);
    for (let number = 0; number < changes; number += 1) await updateApiKey(ctx, { id, name: `${number}` });
    const { value: last } = await services()
      .db.selectFrom('organization_sequences')
      .select('value')
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    const hint = (sequence: number, hinted = organizationId) =>
      bus.invalidate({ organizationId: hinted, first: sequence, last: sequence, keyIds: null });
    return { ctx, organizationId, id, bus, log, received, last, hint };
  }

  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  test('pass on each change once and in order, whatever is made up before, meanwhile and after', async () => {
    const { received, last, hint } = await setUp(20);
    hint(last);
    hint(Number.MAX_SAFE_INTEGER);
    hint(1);
    await eventually(() => received.length >= last);
    for (const sequence of upTo(last + 5)) hint(sequence);
    await turn();
    expect(received).toEqual(upTo(last));
  });

  test('are not skipped where they come while the log is read', async () => {
    const { ctx, id, received, last, hint } = await setUp(1);
    for (let number = 1; number <= 50; number += 1) {
      await updateApiKey(ctx, { id, name: `Later ${number}` });
      hint(last + number);
      if (number % 3 === 0) await turn();
    }
    await eventually(() => received.length >= last + 50);
    expect(received).toEqual(upTo(last + 50));
  });

  test('cost nothing of what was read before and of organizations that nobody follows', async () => {
    const { received, last, hint } = await setUp(1);
    hint(last);
    await eventually(() => received.length === last);
    services().statements.length = 0;
    for (let number = 0; number < 15_000; number += 1) {
      hint(number, newId('org'));
      hint(1 + (number % last));
    }
    await turn();
    expect(services().statements.filter((sql) => sql.includes('audit_log'))).toEqual([]);
  });

  test('cost one read after another at most, and a pause after each that finds nothing', async () => {
    const { received, last, hint } = await setUp(1);
    hint(last);
    await eventually(() => received.length === last);
    services().statements.length = 0;
    const start = performance.now();
    for (let number = 0; number < 1_000; number += 1) {
      hint(last + 1 + number);
      await turn();
    }
    const pauses = Math.ceil((performance.now() - start) / 100);
    const reads = services().statements.filter((sql) => sql.includes('audit_log'));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThanOrEqual(pauses + 1);
  });

  test('that anything may have changed are followed by one look at the log', async () => {
    const { received, last, bus } = await setUp(3);
    for (let number = 0; number < 100; number += 1) bus.invalidate(ALL_STALE);
    await eventually(() => received.length === last);
    expect(received).toEqual(upTo(last));
  });

  test('are made up for by the next look where the database was away', async () => {
    let failures = 0;
    let away = false;
    const unsteady = services().db.withPlugin({
      transformQuery: ({ node }) => {
        if (away) {
          failures += 1;
          throw new UnavailableError('The database is away');
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    // A follower that failed would throw.
    const { received, last, hint } = await setUp(1, { db: unsteady });
    away = true;
    hint(last);
    await eventually(() => failures > 1);
    away = false;
    await eventually(() => received.length === last);
    expect(received).toEqual(upTo(last));
  });

  test('reach an observer before any follower, also of a change that comes out of order', async () => {
    const { organizationId, bus, log, received, last, hint } = await setUp(2);
    const seen: string[] = [];
    const leave = log.observe(organizationId, {
      changed: ({ sequence }) => seen.push(`${sequence} after ${received.length}`),
      reset: () => seen.push('reset'),
    });
    onTestFinished(leave);
    const late: ChangeEvent = {
      type: 'change',
      id: newId('evt'),
      organizationId,
      sequence: last + 7,
      action: 'role.updated',
      actor: 'test',
      targetId: newId('role'),
      changes: {},
      occurredAt: 0,
    };
    const known = received.length;
    bus.emit(late);
    expect(seen).toEqual([`${last + 7} after ${known}`]);
    hint(last);
    await eventually(() => received.length === last);
    // Each is told when those before it are delivered, and none after.
    expect(seen.slice(1)).toEqual(
      upTo(last)
        .slice(known)
        .map((sequence) => `${sequence} after ${sequence - 1}`),
    );
  });
});
