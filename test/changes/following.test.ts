import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { ChangeLog, type Follow } from '../../src/changes/change-log.ts';
import type { ChangeEvent } from '../../src/changes/events.ts';
import { readPositions } from '../../src/changes/read-changes.ts';
import { type EventBus, inProcessBus } from '../../src/cluster/bus.ts';
import { type Change, write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { onEachDatabase } from '../support/databases.ts';
import { randomOfTest, runs, seededRandom } from '../support/properties.ts';
import { makeOrganization, servicesOn, type TestServices } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

const SEED = 3;

/** A log on the services, for one test. */
function startLog(services: TestServices): ChangeLog {
  const log = new ChangeLog(services);
  log.start();
  onTestFinished(() => log.stop());
  return log;
}

/** Adds a change of some key to the log; others get their turn before it. */
async function change(ctx: GraphQLContext, organizationId: string, targetId = newId('key')): Promise<void> {
  await turn();
  await write(ctx, async ({ lock, audit }: Change) => {
    await lock(organizationId);
    audit({ organizationId, action: 'api_key.updated', targetId, changes: {} });
  });
}

/** A bus on which announcements come late, twice, in another order or not at all. */
function unreliable(bus: EventBus, random: () => number): EventBus {
  const late: ChangeEvent[] = [];
  return {
    ...bus,
    async announce(changes) {
      for (const one of changes) {
        const luck = random();
        if (luck < 0.25) late.push(one);
        else if (luck < 0.85) bus.emit(one);
        if (luck > 0.7) bus.emit(one);
        if (luck > 0.5) for (const old of late.splice(0).reverse()) bus.emit(old);
      }
      return { confirmedNodes: 1, totalNodes: 1, milliseconds: 0 };
    },
  };
}

function follower(
  log: ChangeLog,
  organizationId: string,
  after: number | null,
  differing: Partial<Follow> = {},
) {
  const heard: number[] = [];
  const opening = log.follow({
    organizationId,
    keyIds: null,
    after,
    receive: ({ sequence }) => heard.push(sequence),
    ready: () => turn(1),
    full: () => false,
    stopped: () => false,
    failed: () => {},
    ...differing,
  });
  return { heard, opening };
}

function upTo(last: number, after: number): number[] {
  return Array.from({ length: last - after }, (_, index) => after + 1 + index);
}

onEachDatabase('following changes', (engine) => {
  const services = servicesOn(engine);

  async function position(organizationId: string): Promise<number> {
    return (await readPositions(services().db, [organizationId])).get(organizationId) ?? 0;
  }

  test('hands over from the log to what happens without gap, duplicate or reordering, whoever writes meanwhile', async () => {
    const plan = fc.record({
      seed: fc.integer(),
      writers: fc.integer({ min: 1, max: 4 }),
      changes: fc.integer({ min: 5, max: 25 }),
      followers: fc.array(
        fc.record({ delay: fc.integer({ min: 0, max: 60 }), back: fc.integer({ min: 0, max: 40 }) }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
    });
    const log = startLog(services());
    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, writers, changes, followers }) => {
        const { organization, ctx } = await makeOrganization(services());
        const { id } = organization;
        const random = seededRandom(seed);
        const announced: GraphQLContext = { ...ctx, bus: unreliable(ctx.bus, random) };
        // What another process commits is announced to nobody here.
        const silent: GraphQLContext = { ...ctx, bus: inProcessBus() };
        const write = async () => {
          for (let n = 0; n < changes; n += 1) await change(random() < 0.8 ? announced : silent, id);
        };
        const follow = async ({ delay, back }: { delay: number; back: number }) => {
          for (let n = 0; n < delay; n += 1) await turn();
          const now = await position(id);
          const after = back === 0 ? null : Math.max(0, now - back);
          const { heard, opening } = follower(log, id, after);
          const leave = await opening;
          return { heard, leave, after, live: await position(id) };
        };
        const [opened] = await Promise.all([
          Promise.all(followers.map(follow)),
          ...Array.from({ length: writers }, write),
        ]);
        const last = await position(id);
        for (const one of opened) {
          const nothing = (one.after ?? one.live) === last;
          await eventually(() => one.heard.at(-1) === last || (nothing && one.heard.length === 0));
          const first = one.heard[0] ?? last + 1;
          expect(one.heard).toEqual(upTo(last, one.after ?? first - 1));
          // From now on means: everything that was committed once it was live.
          if (one.after === null) expect(first).toBeLessThanOrEqual(one.live + 1);
          one.leave();
        }
        expect(log.followed).toBe(0);
      }),
      runs(8, { seed: SEED, endOnFailure: true }),
    );
  });

  test('coming and going at any time leaves nothing behind, and those who stay miss nothing', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { id } = organization;
    const log = startLog(services());
    const random = randomOfTest(SEED);
    const visit = async () => {
      for (let n = 0; n < 25; n += 1) {
        let stopped = false;
        const after = random() < 0.5 ? null : Math.max(0, (await position(id)) - 3);
        const { heard, opening } = follower(log, id, after, { stopped: () => stopped });
        if (random() < 0.3) stopped = true;
        const leave = await opening;
        for (let turns = random() * 3; turns > 0; turns -= 1) await turn();
        leave();
        leave();
        const last = heard.length;
        await turn();
        expect(heard.length).toBe(last);
      }
    };
    const write = async () => {
      for (let n = 0; n < 200; n += 1) await change(ctx, id);
    };
    const { heard, opening } = follower(log, id, 0);
    await Promise.all([visit(), visit(), visit(), visit(), write()]);
    const leave = await opening;
    const last = await position(id);
    await eventually(() => heard.length === last);
    expect(heard).toEqual(upTo(last, 0));
    leave();
    expect(log.followed).toBe(0);
  });

  test('replays many pages, of some keys only, and waits for a reader between what it sends', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { id } = organization;
    const mine = newId('key');
    await write(ctx, async ({ lock, audit }) => {
      await lock(id);
      for (let n = 0; n < 1_200; n += 1) {
        const targetId = n % 3 === 0 ? mine : newId('key');
        audit({ organizationId: id, action: 'api_key.updated', targetId, changes: {} });
      }
    });
    const log = startLog(services());
    let waiting = 0;
    let most = 0;
    const keyIds = [newId('key'), mine];
    const receive: Follow['receive'] = ({ targetId }) => {
      expect(targetId).toBe(mine);
      waiting += 1;
      most = Math.max(most, waiting);
    };
    let received = 0;
    const ready = async () => {
      received += waiting;
      waiting = 0;
      return 1;
    };
    const leave = await follower(log, id, 0, { keyIds, receive, ready }).opening;
    expect(received + waiting).toBe(400);
    expect(most).toBe(1);
    leave();
  });

  describe('where the log begins later than the cursor', () => {
    test('is refused, and says so also when that comes about during the replay', async () => {
      const { organization, ctx } = await makeOrganization(services());
      const { id } = organization;
      for (let n = 0; n < 600; n += 1) await change(ctx, id);
      const { db } = services();
      const prune = async (to: number) => {
        await db
          .deleteFrom('audit_log')
          .where('organization_id', '=', id)
          .where('sequence', '<=', to)
          .execute();
      };
      const log = startLog(services());
      let pruned = false;
      const ready = async () => {
        if (!pruned) await prune(520);
        pruned = true;
        return 500;
      };
      const during = follower(log, id, 0, { ready });
      await expect(during.opening).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      expect(during.heard).toEqual(upTo(during.heard.length, 0));
      await expect(follower(log, id, 0).opening).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      // Clocks of several servers differ, and with them the ages of neighbours: what stays may have a hole.
      await db
        .deleteFrom('audit_log')
        .where('organization_id', '=', id)
        .where('sequence', '=', 560)
        .execute();
      const holed = follower(log, id, 530);
      await expect(holed.opening).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      expect(holed.heard).toEqual(upTo(holed.heard.length + 530, 530));
      await expect(follower(log, id, 519).opening).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      const { heard, opening } = follower(log, id, 560);
      const leave = await opening;
      expect(heard).toEqual(upTo(await position(id), 560));
      leave();
      await prune((await position(id)) - 1);
      (await follower(log, id, await position(id)).opening)();
      expect(log.followed).toBe(0);
    });
  });

  test('what was pruned before it was read ends those who follow, for it can’t be made up for', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { id } = organization;
    const log = startLog(services());
    const errors: unknown[] = [];
    const { heard, opening } = follower(log, id, null, { failed: (error) => errors.push(error) });
    const leave = await opening;
    const last = await position(id);
    const silent: GraphQLContext = { ...ctx, bus: inProcessBus() };
    for (let n = 0; n < 3; n += 1) await change(silent, id);
    await services()
      .db.deleteFrom('audit_log')
      .where('sequence', '<', last + 3)
      .execute();
    await eventually(() => errors.length > 0);
    expect(errors).toMatchObject([{ code: 'CURSOR_EXPIRED' }]);
    expect(heard).toEqual([]);
    leave();
  });

  test('where the database is away at the beginning fails who asked, also if something is announced meanwhile', async () => {
    const { organization } = await makeOrganization(services());
    const { id: organizationId } = organization;
    const away = services().db.withPlugin({
      transformQuery: () => {
        throw new Error('away');
      },
      transformResult: async ({ result }) => result,
    });
    const log = startLog({ ...services(), db: away });
    const { opening, heard } = follower(log, organizationId, null);
    services().bus.emit({
      type: 'change',
      id: newId('evt'),
      organizationId,
      sequence: 7,
      action: 'api_key.updated',
      actor: 'test',
      targetId: newId('key'),
      changes: {},
      occurredAt: 0,
    });
    await expect(opening).rejects.toThrow('away');
    // A rejection that nobody handles would end the process by now, and fails the tests.
    await turn();
    expect([log.followed, heard]).toEqual([0, []]);
  });

  test('whoever follows nothing costs no look at the log', async () => {
    const { organization } = await makeOrganization(services());
    const log = startLog(services());
    const leave = await follower(log, organization.id, null).opening;
    leave();
    const before = services().statements.length;
    await expect(follower(log, organization.id, 1_000_000).opening).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    expect(services().statements.length).toBe(before + 1);
    expect(log.followed).toBe(0);
  });
});
