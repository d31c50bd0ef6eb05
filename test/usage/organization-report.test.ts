import { describe, expect, test } from 'vitest';
import { type Principal, systemPrincipal } from '../../src/access/principal.ts';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { usageOfOrganization } from '../../src/usage/organization-report.ts';
import { pruneBuckets } from '../../src/usage/prune.ts';
import { usageOf } from '../../src/usage/report.ts';
import { topApiKeys } from '../../src/usage/top-api-keys.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2030, 0, 10, 12);

const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });

onEachDatabase('usage of an organization’s keys', (engine) => {
  const services = servicesOn(engine);

  /** An organization with a team, and keys in it and outside. */
  async function made() {
    services().clock.set(START);
    const { ctx, organization } = await makeOrganization(services());
    const teamIds = [(await createTeam(ctx, { name: 'Payments' })).result.id];
    const create = async (name: string, within?: readonly string[]) =>
      (await createApiKey(ctx, { name, ...(within && { teamIds: [...within] }) })).result;
    const keys = [await create('A'), await create('B', teamIds), await create('C', teamIds)] as const;
    const use = async (index: 0 | 1 | 2, at: number, times = 1, permissions: string[] = []) => {
      services().clock.set(at);
      for (let done = 0; done < times; done += 1)
        await verifyApiKey(ctx, { key: keys[index].secret, permissions });
    };
    const deny = (index: 0 | 1 | 2, at: number, times = 1) => use(index, at, times, ['nothing.held']);
    const as = (principal: Principal) => contextFor(services(), principal);
    const bound = as(keyCaller(organization.id, ['api.key.view'], { teamIds }));
    const ids = keys.map(({ apiKey }) => apiKey.id);
    return { ctx, organizationId: organization.id, ids, use, deny, as, bound, teamIds };
  }

  describe('over time', () => {
    test('is the sum of the keys that the caller sees', async () => {
      const { ctx, bound, organizationId, use, deny, ids } = await made();
      const other = await made();
      await other.use(0, START, 5);
      await use(0, START, 3);
      await use(1, START + 1, 2);
      await deny(2, START + HOUR_MS);
      await use(2, START + HOUR_MS + MINUTE_MS);
      const all = [
        { start: START, verified: 5, denied: 0 },
        { start: START + HOUR_MS, verified: 1, denied: 1 },
      ];
      expect(await usageOfOrganization(ctx, organizationId, {})).toEqual(all);
      expect(await usageOfOrganization(bound, organizationId, {})).toEqual([
        { ...all[0], verified: 2 },
        all[1],
      ]);
      for (const granularity of ['minute', 'hour', 'day'] as const) {
        const range = { from: START - DAY_MS / 4, to: START + DAY_MS / 4, granularity };
        const own = await Promise.all(ids.slice(1).map((id) => usageOf(ctx, id, range)));
        const sums = new Map<number, { start: number; verified: number; denied: number }>();
        for (const { start, verified, denied } of own.flat()) {
          const sum = sums.get(start) ?? { start, verified: 0, denied: 0 };
          sums.set(start, { start, verified: sum.verified + verified, denied: sum.denied + denied });
        }
        const expected = [...sums.values()].sort((a, b) => a.start - b.start);
        expect(await usageOfOrganization(bound, organizationId, range)).toEqual(expected);
      }
    });

    test('of nobody’s keys is empty', async () => {
      const { as, organizationId, use, ctx } = await made();
      await use(0, START);
      const empty = (await createTeam(ctx, { name: 'Empty' })).result.id;
      const caller = as(keyCaller(organizationId, ['*'], { teamIds: [empty] }));
      expect(await usageOfOrganization(caller, organizationId, {})).toEqual([]);
      expect(await topApiKeys(caller, organizationId, {})).toEqual([]);
    });

    test('begins with the bucket that holds `from` and ends before `to`, for every caller', async () => {
      const { ctx, bound, organizationId, use } = await made();
      for (const hour of [0, 1, 2, 30]) await use(1, START + hour * HOUR_MS + 10);
      for (const caller of [ctx, bound]) {
        const starts = async (from: number, to: number, granularity: 'minute' | 'hour' | 'day' = 'hour') =>
          (await usageOfOrganization(caller, organizationId, { from, to, granularity })).map(
            ({ start, verified }) => [(start - START) / HOUR_MS, verified],
          );
        expect(await starts(START + 30 * MINUTE_MS, START + 2 * HOUR_MS)).toEqual([
          [0, 1],
          [1, 1],
        ]);
        expect(await starts(START + HOUR_MS, START + 2 * HOUR_MS + 1)).toEqual([
          [1, 1],
          [2, 1],
        ]);
        expect(await starts(START + 5 * HOUR_MS, START + 6 * HOUR_MS)).toEqual([]);
        expect(await starts(START, START)).toEqual([]);
        // Whole days, wherever in them the range ends.
        expect(await starts(START + 3 * HOUR_MS, START + 4 * HOUR_MS, 'day')).toEqual([[-12, 3]]);
        expect(await starts(START, START + 12 * HOUR_MS + 1, 'day')).toEqual([
          [-12, 3],
          [12, 1],
        ]);
        expect(await starts(START, START + 12 * HOUR_MS, 'day')).toEqual([[-12, 3]]);
      }
    });

    test('spans at most 1,000 buckets, and begins before it ends', async () => {
      const { ctx, organizationId } = await made();
      const report = (from: number, to: number) =>
        usageOfOrganization(ctx, organizationId, { from, to, granularity: 'minute' });
      expect(await report(START, START + 1000 * MINUTE_MS)).toEqual([]);
      await expect(report(START, START + 1000 * MINUTE_MS + 1)).rejects.toThrow(refusal);
      await expect(report(START + MINUTE_MS, START)).rejects.toThrow(refusal);
      await expect(report(-8.64e15, 8.64e15)).rejects.toThrow(refusal);
    });

    test('is read from stored sums alone by callers who see all keys', async () => {
      const { ctx, organizationId, use } = await made();
      await use(0, START, 2);
      await services().usage.flush();
      services().statements.length = 0;
      expect(await usageOfOrganization(ctx, organizationId, {})).toHaveLength(1);
      expect(services().statements.filter((one) => one.includes('api_key_usage'))).toEqual([]);
    });

    test('is kept by the day after its hours are removed, and counted once', async () => {
      const { ctx, organizationId, use, ids } = await made();
      for (const hour of [0, 1, 11, 12, 30]) await use(0, START + hour * HOUR_MS, 2);
      await services().usage.flush();
      const days = () =>
        usageOfOrganization(ctx, organizationId, { from: START, to: START + 3 * DAY_MS, granularity: 'day' });
      const before = await days();
      expect(before.map(({ verified }) => verified)).toEqual([6, 4]);
      // Hours go with their day; several servers prune at once.
      for (const hours of [0, 1, 11, 12, 13, 24, 36, 60]) {
        const later = START + 90 * DAY_MS + hours * HOUR_MS;
        await Promise.all([pruneBuckets(services().db, later), pruneBuckets(services().db, later)]);
        expect(await days()).toEqual(before);
        const ofKey = await usageOf(ctx, ids[0] ?? '', {
          from: START,
          to: START + 3 * DAY_MS,
          granularity: 'day',
        });
        expect(ofKey).toEqual(before);
      }
      // Late uses add to them.
      await use(0, START + HOUR_MS);
      await services().usage.flush();
      expect((await days())[0]?.verified).toBe(7);
      await pruneBuckets(services().db, START + 93 * DAY_MS);
      expect((await days())[0]?.verified).toBe(7);
      const hours = { from: START, to: START + 2 * DAY_MS, granularity: 'hour' } as const;
      expect(await usageOfOrganization(ctx, organizationId, hours)).toEqual([]);
      await pruneBuckets(services().db, START + 735 * DAY_MS);
      expect(await days()).toEqual([]);
    });
  });

  describe('by key', () => {
    test('is sorted by accepted verifications, then by id', async () => {
      const { ctx, bound, organizationId, use, deny, ids } = await made();
      const other = await made();
      await other.use(0, START, 5);
      await use(0, START, 3);
      await use(1, START, 1);
      await deny(1, START, 4);
      await use(2, START, 1);
      const [a, b, c] = [
        { keyId: ids[0], verified: 3, denied: 0 },
        { keyId: ids[1], verified: 1, denied: 4 },
        { keyId: ids[2], verified: 1, denied: 0 },
      ];
      expect(await topApiKeys(ctx, organizationId, {})).toEqual([a, b, c]);
      expect(await topApiKeys(ctx, organizationId, { first: 2 })).toEqual([a, b]);
      expect(await topApiKeys(ctx, organizationId, { first: 0 })).toEqual([]);
      expect(await topApiKeys(bound, organizationId, {})).toEqual([b, c]);
    });

    test('counts whole hours of any range up to 100 days', async () => {
      const { ctx, organizationId, use } = await made();
      const hours = [0, 1, 11, 12, 13, 35, 36, 37, 24 * 20, 24 * 40 + 5];
      for (const hour of hours) await use(0, START + hour * HOUR_MS + 5);
      const count = async (from: number, to: number) =>
        (await topApiKeys(ctx, organizationId, { from, to }))[0]?.verified ?? 0;
      for (const from of [-30, 0, 1, 12, 13, 36])
        for (const to of [0, 1, 2, 12, 13, 14, 36, 37, 38, 24 * 20 + 1, 24 * 41]) {
          if (to < from) continue;
          const expected = hours.filter((hour) => hour >= from && hour < to).length;
          expect(await count(START + from * HOUR_MS, START + to * HOUR_MS), `${from} to ${to}`).toBe(
            expected,
          );
        }
      expect(await count(START + 30 * MINUTE_MS, START + 30 * MINUTE_MS)).toBe(1);
      await expect(count(START, START + 100 * DAY_MS + 1)).rejects.toThrow(refusal);
      await expect(count(START + HOUR_MS, START)).rejects.toThrow(refusal);
      await expect(count(-8.64e15, 8.64e15)).rejects.toThrow(refusal);
      // Only days are kept of so long ago.
      services().clock.set(START + 100 * DAY_MS);
      await pruneBuckets(services().db, START + 100 * DAY_MS);
      expect(await count(START + 30 * HOUR_MS, START + 31 * HOUR_MS)).toBe(3);
    });

    test('is of at most 100 keys', async () => {
      const { ctx, organizationId } = await made();
      for (const first of [-1, 101, 2 ** 31 - 1])
        await expect(topApiKeys(ctx, organizationId, { first })).rejects.toThrow(refusal);
    });
  });

  test('requires api.key.view, and is not found in other organizations', async () => {
    const { organizationId, as } = await made();
    const other = await made();
    const reads = [usageOfOrganization, topApiKeys];
    for (const read of reads) {
      const verifier = as(memberOf(organizationId, ['api.key.verify']));
      await expect(read(verifier, organizationId, {})).rejects.toThrow(new ForbiddenError('api.key.view'));
      const member = as(memberOf(organizationId, ['*']));
      for (const id of [other.organizationId, newId('org'), 'a\0b'])
        await expect(read(member, id, {})).rejects.toThrow(new NotFoundError(id, 'organization'));
      const cli = as(systemPrincipal('cli'));
      await expect(read(cli, newId('org'), {})).rejects.toThrow(NotFoundError);
    }
  });
});
