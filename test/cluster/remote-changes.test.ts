import { describe, expect, test } from 'vitest';
import type { ChangeEvent } from '../../src/changes/events.ts';
import { RemoteChanges } from '../../src/changes/remote-changes.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

describe('what other nodes say that they changed', () => {
  const services = servicesOn('postgres');

  /** An organization with a key and so many changes of it, and what is passed on of them. */
  async function made(changes: number) {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = (await createApiKey(ctx, { name: 'A' })).result.apiKey;
    for (let number = 0; number < changes; number += 1) await updateApiKey(ctx, { id, name: `${number}` });
    const passed: ChangeEvent[] = [];
    const remote = new RemoteChanges(
      ctx.db,
      (change) => passed.push(change),
      (error) => {
        throw error;
      },
    );
    const { value: last } = await ctx.db
      .selectFrom('organization_sequences')
      .select('value')
      .where('organization_id', '=', organization.id)
      .executeTakeFirstOrThrow();
    const sequences = () => passed.map(({ sequence }) => sequence);
    const idle = () => eventually(() => remote.waiting === 0);
    return { organizationId: organization.id, remote, sequences, last, idle };
  }

  const range = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);

  test('is passed on once, whatever was made up before, meanwhile and after', async () => {
    const { organizationId, remote, sequences, last } = await made(20);
    // Somebody says that the last one was changed, then that all was, then the truth comes, late and twice.
    remote.want(organizationId, last, last);
    await eventually(() => sequences().length === 1);
    remote.want(organizationId, last + 5, Number.MAX_SAFE_INTEGER);
    remote.want(organizationId, last + 1, last + 1);
    for (const sequence of range(last - 10, last)) remote.want(organizationId, sequence, sequence);
    for (const sequence of range(last - 10, last)) remote.want(organizationId, sequence, sequence);
    await eventually(() => sequences().length >= 11);
    expect(sequences()).toEqual([last, ...range(last - 10, last - 1)]);
    remote.want(organizationId, 1, Number.MAX_SAFE_INTEGER);
    await eventually(() => sequences().length >= last);
    expect([...sequences()].sort((a, b) => a - b)).toEqual(range(1, last));
  });

  test('is no reason to read the whole log: of what was long ago nothing is passed on', async () => {
    const { organizationId, remote, sequences, idle } = await made(1);
    const { db } = services();
    const old = { organization_id: organizationId, action: 'role.updated', actor: 'test', target_id: 'x' };
    const rows = range(1, 3_000).map((number) => ({
      ...old,
      id: newId('evt'),
      sequence: 10_000 + number,
      changes: '{}',
      ip: null,
      user_agent: null,
      occurred_at: 0,
    }));
    for (let at = 0; at < rows.length; at += 500)
      await db
        .insertInto('audit_log')
        .values(rows.slice(at, at + 500))
        .execute();
    await db
      .updateTable('organization_sequences')
      .set({ value: 13_000 })
      .where('organization_id', '=', organizationId)
      .execute();
    for (let time = 0; time < 50; time += 1) {
      remote.want(organizationId, 1, 12_000);
      remote.want(organizationId, 1, Number.MAX_SAFE_INTEGER);
      await idle();
    }
    await eventually(() => sequences().length > 0);
    expect(Math.min(...sequences())).toBeGreaterThan(12_000);
    expect(new Set(sequences()).size).toBe(sequences().length);
  });

  test('costs little, of however many organizations somebody makes it up', async () => {
    const { organizationId, remote, sequences, last } = await made(1);
    remote.want(organizationId, last, last);
    services().statements.length = 0;
    for (let number = 0; number < 15_000; number += 1) remote.want(newId('org'), 1, 5);
    expect(remote.waiting).toBeLessThanOrEqual(10_000);
    // What is known to be passed on is not read again.
    await eventually(() => sequences().length === 1);
    await eventually(() => remote.waiting === 0, { timeoutMs: 60_000 });
    services().statements.length = 0;
    for (let time = 0; time < 1_000; time += 1) {
      remote.want(organizationId, last, last);
      await new Promise(setImmediate);
    }
    expect(services().statements).toEqual([]);
    expect(sequences()).toEqual([last]);
  });

  test('is tried again where the database was away', async () => {
    const { organizationId, last } = await made(1);
    let failures = 0;
    const unsteady = services().db.withPlugin({
      transformQuery: ({ node }) => {
        if (failures < 3) {
          failures += 1;
          throw new Error('The database is away');
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const passed: number[] = [];
    const remote = new RemoteChanges(
      unsteady,
      ({ sequence }) => passed.push(sequence),
      () => {},
    );
    remote.want(organizationId, last, last);
    await eventually(() => passed.length === 1);
    expect([passed, failures]).toEqual([[last], 3]);
  });
});
