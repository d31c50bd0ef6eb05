import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ChangeLog, type Follow } from '../../src/changes/change-log.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

/** Changes of one commit. */
const AT_ONCE = 300;

onEachDatabase('followers of changes that take no more for a while', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { organization, ctx } = await makeOrganization(services());
    const { id: organizationId } = organization;
    const log = new ChangeLog(services());
    log.start();
    onTestFinished(() => log.stop());
    const change = async (targetId = newId('key')) => {
      await write(ctx, async ({ lock, audit }) => {
        await lock(organizationId);
        for (let n = 0; n < AT_ONCE; n += 1)
          audit({ organizationId, action: 'api_key.updated', targetId, changes: {} });
      });
    };
    const follow = async (given: Partial<Follow> = {}) => {
      const heard: number[] = [];
      const state = { full: false, room: 50, asked: 0, failure: null as unknown };
      const leave = await log.follow({
        organizationId,
        keyIds: null,
        after: null,
        receive: ({ sequence }) => heard.push(sequence),
        ready: async () => {
          state.asked += 1;
          do await turn();
          while (state.full);
          return state.room;
        },
        full: () => state.full,
        stopped: () => false,
        failed: (error) => {
          state.failure = error;
        },
        ...given,
      });
      onTestFinished(leave);
      return { heard, state, leave };
    };
    return { organizationId, log, change, follow };
  }

  const upTo = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);

  test('get nothing meanwhile, the others everything; then what they missed, and what comes, once and in order', async () => {
    const { change, follow } = await setUp();
    const [slow, quick] = [await follow(), await follow()];
    await change();
    await eventually(() => slow.heard.length === AT_ONCE && quick.heard.length === AT_ONCE);
    slow.state.full = true;
    // More than is remembered for those who are a little behind.
    for (let n = 0; n < 8; n += 1) await change();
    await eventually(() => quick.heard.length === 9 * AT_ONCE);
    expect(slow.heard).toHaveLength(AT_ONCE);
    slow.state.full = false;
    await eventually(() => slow.heard.length === 9 * AT_ONCE);
    const { asked } = slow.state;
    await change();
    await eventually(() => slow.heard.length === 10 * AT_ONCE && quick.heard.length === 10 * AT_ONCE);
    expect(slow.heard).toEqual(upTo(10 * AT_ONCE, slow.heard[0] as number));
    expect(slow.heard).toEqual(quick.heard);
    expect(slow.state.failure).toBeNull();
    // Live again: of what comes it is not asked.
    expect(slow.state.asked).toBe(asked);
    expect(quick.state.asked).toBe(0);
  });

  test('get no more at a time than they are ready for', async () => {
    const { change, follow } = await setUp();
    let most = 0;
    let since = 0;
    const own = await follow({
      receive: () => {
        since += 1;
        most = Math.max(most, since);
      },
      ready: async () => {
        await turn();
        since = 0;
        return 7;
      },
      full: () => since >= 7,
    });
    const other = await follow();
    await change();
    await change();
    await eventually(() => other.heard.length === 2 * AT_ONCE);
    let heard = 0;
    const counting = await follow({ after: (other.heard[0] as number) - 1, receive: () => (heard += 1) });
    await eventually(() => heard === 2 * AT_ONCE);
    expect(most).toBe(7);
    own.leave();
    counting.leave();
  });

  test('leave nothing behind when they leave before they have caught up, and are told where they can’t', async () => {
    const { organizationId, log, change, follow } = await setUp();
    const [gone, late, quick] = [await follow(), await follow(), await follow()];
    gone.state.full = true;
    late.state.full = true;
    for (let n = 0; n < 8; n += 1) await change();
    await eventually(() => quick.heard.length === 8 * AT_ONCE);
    gone.leave();
    await services()
      .db.deleteFrom('audit_log')
      .where('organization_id', '=', organizationId)
      .where('sequence', '<', quick.heard.at(-1) as number)
      .execute();
    late.state.full = false;
    await eventually(() => late.state.failure !== null);
    expect(late.state.failure).toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(late.heard).toEqual([]);
    gone.state.full = false;
    for (const one of [late, quick]) one.leave();
    await turn();
    expect(gone.heard).toEqual([]);
    expect(gone.state.failure).toBeNull();
    expect(log.followed).toBe(0);
  });
});
