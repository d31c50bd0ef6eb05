import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { ChangeLog } from '../../src/changes/change-log.ts';
import type { ChangeEvent } from '../../src/changes/events.ts';
import { readPositions } from '../../src/changes/read-changes.ts';
import { localListeners } from '../../src/cluster/bus.ts';
import { ALL_STALE } from '../../src/cluster/stale.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { onEachDatabase } from '../support/databases.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

const SEED = 11;

/** What happens to the word of a commit on its way to this node. */
type Fate =
  | 'announced'
  | 'hinted'
  | 'announced late'
  | 'announced twice'
  | 'made up'
  | 'reconnected'
  | 'lost';

const FATES: readonly Fate[] = [
  'announced',
  'hinted',
  'announced late',
  'announced twice',
  'made up',
  'reconnected',
  'lost',
];

/** A follower that leaves when it has had so many changes, and comes back for the rest some turns later. */
interface Visitor {
  readonly organization: 0 | 1;
  readonly leavesAfter: number;
  readonly comesBackAfter: number;
  /** How many it takes at a time, and for how many turns it takes none then. */
  readonly room: number;
  readonly pause: number;
}

const plans = fc.record({
  commits: fc.array(
    fc.record({
      organization: fc.constantFrom(0 as const, 1 as const),
      changes: fc.integer({ min: 1, max: 30 }),
      fate: fc.constantFrom(...FATES),
      turns: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 10, maxLength: 40 },
  ),
  visitors: fc.array(
    fc.record({
      organization: fc.constantFrom(0 as const, 1 as const),
      leavesAfter: fc.integer({ min: 1, max: 60 }),
      comesBackAfter: fc.integer({ min: 1, max: 20 }),
      room: fc.integer({ min: 1, max: 40 }),
      pause: fc.integer({ min: 0, max: 10 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

onEachDatabase('every follower of the change log', (engine) => {
  const services = servicesOn(engine);

  /** What this node is told of commits; it says `fate` of each, and nothing more. */
  function unreliable() {
    const listeners = localListeners();
    const late: ChangeEvent[] = [];
    const tell = (changes: readonly ChangeEvent[], fate: Fate): void => {
      const [first, last] = [changes[0], changes.at(-1)];
      if (!first || !last) return;
      const { organizationId } = first;
      const hint = (sequence: number) =>
        listeners.invalidate({ organizationId, first: 1, last: sequence, keyIds: null });
      if (fate === 'announced late') late.push(...changes);
      if (fate === 'announced' || fate === 'announced twice') hint(last.sequence);
      if (fate === 'announced' || fate === 'announced twice') changes.forEach(listeners.emit);
      if (fate === 'announced twice') for (const one of late.splice(0).reverse()) listeners.emit(one);
      if (fate === 'announced twice') changes.forEach(listeners.emit);
      if (fate === 'hinted') hint(last.sequence);
      if (fate === 'made up') hint(last.sequence + 1_000);
      if (fate === 'reconnected') listeners.invalidate(ALL_STALE);
    };
    return { bus: listeners, tell };
  }

  async function commit(
    { ctx, id }: { ctx: GraphQLContext; id: string },
    count: number,
  ): Promise<ChangeEvent[]> {
    const committed: ChangeEvent[] = [];
    const announce = async (changes: readonly ChangeEvent[]) => {
      committed.push(...changes);
      return { confirmedNodes: 1, totalNodes: 1, milliseconds: 0 };
    };
    await write({ ...ctx, bus: { ...ctx.bus, announce } }, async ({ lock, audit }) => {
      await lock(id);
      for (let n = 0; n < count; n += 1)
        audit({ organizationId: id, action: 'api_key.updated', targetId: newId('key'), changes: {} });
    });
    return committed;
  }

  async function position(id: string): Promise<number> {
    return (await readPositions(services().db, [id])).get(id) ?? 0;
  }

  test(
    'gets each change once and in order, whatever it is told and whenever it comes and goes',
    async () => {
      const run = fc.asyncProperty(plans, async ({ commits, visitors }) => {
        const organizations = await Promise.all(
          [0, 1].map(async () => {
            const { organization, ctx } = await makeOrganization(services());
            return { id: organization.id, ctx };
          }),
        );
        const { bus, tell } = unreliable();
        const log = new ChangeLog({ ...services(), bus });
        log.start();
        onTestFinished(() => log.stop());
        let over = false;

        const visit = async (visitor: Visitor) => {
          const { id } = organizations[visitor.organization] as { id: string };
          const received: number[] = [];
          const start = await position(id);
          while (!over || received.length < (await position(id)) - start) {
            const isLast = over;
            const wanted = isLast ? Number.POSITIVE_INFINITY : received.length + visitor.leavesAfter;
            let taken = 0;
            let isFull = false;
            const leave = await log.follow({
              organizationId: id,
              keyIds: null,
              after: received.at(-1) ?? start,
              receive({ sequence }) {
                if (received.length >= wanted) return;
                received.push(sequence);
                taken += 1;
                isFull = taken >= visitor.room;
              },
              async ready() {
                for (let turns = 0; turns <= visitor.pause; turns += 1) await turn();
                taken = 0;
                isFull = false;
                return visitor.room;
              },
              full: () => isFull,
              stopped: () => received.length >= wanted,
              failed: (error) => {
                throw error;
              },
            });
            // Where the last changes don't come, this fails.
            const rest = isLast ? (await position(id)) - start : wanted;
            await eventually(() => received.length >= rest || (over && !isLast));
            leave();
            for (let turns = 0; turns < visitor.comesBackAfter; turns += 1) await turn();
          }
          return { id, start, received };
        };

        const visits = Promise.all(visitors.map(visit));
        try {
          for (const { organization, changes, fate, turns } of commits) {
            const of = organizations[organization] as { ctx: GraphQLContext; id: string };
            tell(await commit(of, changes), fate);
            for (let waited = 0; waited < turns; waited += 1) await turn();
          }
        } finally {
          over = true;
        }
        for (const { id, start, received } of await visits) {
          const last = await position(id);
          expect(received).toEqual(Array.from({ length: last - start }, (_, index) => start + 1 + index));
        }
        expect(log.followed).toBe(0);
      });
      await fc.assert(run, runs(12, { seed: SEED, endOnFailure: true }));
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'is preceded by the observers, who are told of each change at least once',
    async () => {
      const run = fc.asyncProperty(plans, async ({ commits }) => {
        const { organization, ctx } = await makeOrganization(services());
        const { id } = organization;
        const { bus, tell } = unreliable();
        const log = new ChangeLog({ ...services(), bus });
        log.start();
        onTestFinished(() => log.stop());
        const seen = new Set<number>();
        const unseen: number[] = [];
        let known: number | null = null;
        const stop = log.observe(id, {
          changed: ({ sequence }) => seen.add(sequence),
          reset: () => {
            known = 0;
          },
        });
        const start = await position(id);
        const leave = await log.follow({
          organizationId: id,
          keyIds: null,
          after: start,
          receive: ({ sequence }) => {
            if (!seen.has(sequence)) unseen.push(sequence);
          },
          ready: () => turn(1_000),
          full: () => false,
          stopped: () => false,
          failed: (error) => {
            throw error;
          },
        });
        expect(known).toBe(0);
        for (const { changes, fate } of commits) tell(await commit({ ctx, id }, changes), fate);
        const last = await position(id);
        await eventually(() => seen.size >= last - start);
        expect(unseen).toEqual([]);
        leave();
        stop();
        expect(log.followed).toBe(0);
      });
      await fc.assert(run, runs(5, { seed: SEED, endOnFailure: true }));
    },
    PROPERTY_TIMEOUT_MS,
  );
});
