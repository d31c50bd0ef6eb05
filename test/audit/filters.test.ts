import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { type AuditFilter, listAudit } from '../../src/audit/list.ts';
import { type Action, isDenied } from '../../src/changes/events.ts';
import { newId } from '../../src/core/ids.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

interface Entry {
  readonly id: string;
  readonly sequence: number;
  readonly action: string;
  readonly actor: string;
  readonly target_id: string;
  readonly occurred_at: number;
}

const ACTIONS = ['api_key.created', 'api_key.revoked', 'team.created', 'api_key.create', 'role.update'];
const ENTRIES = 60;
const START = Date.UTC(2030, 0, 1);
const ACTORS = ['expiry', newId('user'), newId('user')];

onEachDatabase('the filters of the audit log', (engine) => {
  const services = servicesOn(engine);

  /** Logs of organizations with the same actors; in each, the clock is set back once. */
  async function makeLog(entries = ENTRIES) {
    const { ctx, organization } = await makeOrganization(services());
    await ctx.db.deleteFrom('audit_log').where('organization_id', '=', organization.id).execute();
    const targets = [newId('key'), newId('key'), newId('team')];
    const log: Entry[] = Array.from({ length: entries }, (_, index) => ({
      id: newId('evt'),
      sequence: index + 1,
      action: ACTIONS[(index * 7) % 5] ?? '',
      actor: ACTORS[(index * 5) % 3] ?? '',
      target_id: targets[Math.floor(index / 2) % 3] ?? '',
      // Two at a time; the second half begins before the end of the first.
      occurred_at: START + Math.floor(index / 2) - (index > entries / 2 ? 10 : 0),
    }));
    for (let done = 0; done < log.length; done += 500) {
      const rows = log.slice(done, done + 500).map((entry) => ({
        ...entry,
        organization_id: organization.id,
        changes: '{}',
        ip: null,
        user_agent: null,
      }));
      await ctx.db.insertInto('audit_log').values(rows).execute();
    }
    await ctx.db
      .updateTable('organization_sequences')
      .set({ value: entries })
      .where('organization_id', '=', organization.id)
      .execute();
    return { ctx, organizationId: organization.id, targets, log };
  }

  /** What the list has to be. */
  function expected(log: readonly Entry[], filter: AuditFilter): number[] {
    const { outcome, actions, targetId, actorId, from, to } = filter;
    const isTimed = from !== undefined || to !== undefined;
    return log
      .filter(
        (entry) =>
          (outcome === undefined || isDenied(entry.action as Action) === (outcome === 'DENIED')) &&
          (actions === undefined || actions?.includes(entry.action)) &&
          (targetId === undefined || entry.target_id === targetId) &&
          (actorId === undefined || entry.actor === actorId) &&
          entry.occurred_at >= (from ?? 0) &&
          entry.occurred_at < (to ?? Number.POSITIVE_INFINITY),
      )
      .sort((a, b) => (isTimed ? b.occurred_at - a.occurred_at : 0) || b.sequence - a.sequence)
      .map(({ sequence }) => sequence);
  }

  /** The list page by page, in both directions. */
  async function paged(ctx: GraphQLContext, organizationId: string, filter: AuditFilter, size: number) {
    const forwards: number[] = [];
    const backwards: number[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listAudit(ctx, organizationId, filter, { first: size, after });
      forwards.push(...page.edges.map(({ node }) => node.sequence));
      after = page.edges.at(-1)?.cursor;
      if (!(await page.hasNextPage())) break;
      expect(await page.hasPreviousPage()).toBe(forwards.length > size);
    }
    for (let before: string | undefined; ; ) {
      const page = await listAudit(ctx, organizationId, filter, { last: size, before });
      backwards.unshift(...page.edges.map(({ node }) => node.sequence));
      before = page.edges[0]?.cursor;
      if (!(await page.hasPreviousPage())) break;
    }
    return [forwards, backwards];
  }

  function filtersOf(targetId: string | undefined): AuditFilter[] {
    const choices = {
      outcome: [undefined, 'DONE', 'DENIED'],
      actions: [undefined, ['api_key.revoked'], ['api_key.created', 'role.update', 'team.deleted']],
      targetId: [undefined, targetId],
      actorId: [undefined, ACTORS[0], ACTORS[1]],
      time: [{}, { from: START + 8, to: START + 24 }, { to: START + 15 }],
    } as const;
    const filters: AuditFilter[] = [];
    for (const outcome of choices.outcome)
      for (const actions of choices.actions)
        for (const target of choices.targetId)
          for (const actorId of choices.actorId)
            for (const time of choices.time)
              filters.push({
                ...time,
                ...(outcome && { outcome }),
                ...(actions && { actions }),
                ...(target && { targetId: target }),
                ...(actorId && { actorId }),
              });
    return filters;
  }

  test('together give what each of them asks for, in one order, to and fro', async () => {
    const { ctx, organizationId, targets, log } = await makeLog();
    await makeLog();
    for (const filter of filtersOf(targets[1])) {
      const wanted = expected(log, filter);
      const label = JSON.stringify(filter);
      for (const found of await paged(ctx, organizationId, filter, 7)) expect(found, label).toEqual(wanted);
      const { totalCount } = await listAudit(ctx, organizationId, filter, { first: 0 });
      expect(await totalCount(), label).toBe(wanted.length);
    }
  });

  test('find what is beyond the number of entries that are sorted', async () => {
    const { ctx, organizationId, targets, log } = await makeLog(16_000);
    for (const filter of [
      { actorId: ACTORS[1], actions: ['api_key.created', 'team.created'] },
      { actorId: ACTORS[1], from: START + 100, to: START + 7_000 },
      { targetId: targets[0], actorId: ACTORS[0] },
      { targetId: targets[0], outcome: 'DONE' },
      { actions: ['api_key.revoked', 'team.created'], from: START },
    ] as const) {
      const wanted = expected(log, filter);
      const page = await listAudit(ctx, organizationId, filter, { first: 100 });
      expect(
        page.edges.map(({ node }) => node.sequence),
        JSON.stringify(filter),
      ).toEqual(wanted.slice(0, 100));
    }
  });

  test('pass over actions that this release doesn’t know, unless changes are asked for', async () => {
    const { ctx, organizationId } = await makeLog(4);
    const newer = { action: 'widget.painted', actor: 'expiry', target_id: newId('key') };
    const row = { ...newer, id: newId('evt'), sequence: 5, occurred_at: START, changes: '{}' };
    const none = { ip: null, user_agent: null, organization_id: organizationId };
    await ctx.db
      .insertInto('audit_log')
      .values({ ...row, ...none })
      .execute();
    const sequences = async (filter: AuditFilter) =>
      (await listAudit(ctx, organizationId, filter, {})).edges.map(({ node }) => node.sequence);
    expect(await sequences({ outcome: 'DONE' })).toContain(5);
    expect(await sequences({ outcome: 'DENIED' })).not.toContain(5);
    expect(await sequences({ actions: ['widget.painted'] })).toEqual([5]);
  });

  test('take cursors of entries that are gone', async () => {
    const { ctx, organizationId, log } = await makeLog();
    for (const filter of [{}, { actorId: ACTORS[1] }, { to: START + 20 }, { outcome: 'DENIED' }] as const) {
      const [first, second] = expected(log, filter);
      const page = await listAudit(ctx, organizationId, filter, { first: 2 });
      const after = page.edges.find(({ node }) => node.sequence === first)?.cursor;
      expect(after, JSON.stringify(filter)).toBeDefined();
      await ctx.db
        .deleteFrom('audit_log')
        .where('organization_id', '=', organizationId)
        .where('sequence', '=', first ?? 0)
        .execute();
      log.splice(
        log.findIndex(({ sequence }) => sequence === first),
        1,
      );
      const next = await listAudit(ctx, organizationId, filter, { first: 1, after });
      expect(next.edges.map(({ node }) => node.sequence)).toEqual([second]);
    }
  });
});
