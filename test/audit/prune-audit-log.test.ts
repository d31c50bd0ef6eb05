import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { pruneAuditLog } from '../../src/audit/prune-audit-log.ts';
import { readChanges, requireReplayable } from '../../src/changes/read-changes.ts';
import { newId } from '../../src/core/ids.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { startRetention } from '../../src/retention.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { addMember } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';

const DAY = 86_400_000;

/** Many entries, and most of them that one statement removes. */
const OLD = 5_000;
const AT_ONCE_MAX = 1_000;

onEachDatabase('the retention of the audit log', (engine) => {
  const services = servicesOn(engine);
  const prune = (days: number | null) => {
    const { db, unhurried, clock, config } = services();
    return pruneAuditLog({ db, unhurried, clock, config: { ...config, auditRetentionDays: days } });
  };

  it('removes what is older than the days asked for, and expires cursors before it', async () => {
    const { organization, ctx } = await makeOrganization(services());
    await createTeam(ctx, { name: 'old' });
    services().clock.advance(40 * DAY);
    await createTeam(ctx, { name: 'new' });
    const sequences = async () => (await auditOf(ctx)).map((entry) => entry.sequence);
    expect(await prune(null)).toBe(0);
    expect(await sequences()).toEqual([1, 2, 3]);
    await prune(30);
    expect(await sequences()).toEqual([3]);
    await requireReplayable(services().db, organization.id, 2);
    await expect(requireReplayable(services().db, organization.id, 1)).rejects.toMatchObject({
      code: 'CURSOR_EXPIRED',
    });
  });

  it('keeps the last entry of an organization, however old', async () => {
    const { ctx } = await makeOrganization(services());
    await createTeam(ctx, { name: 'only' });
    services().clock.advance(400 * DAY);
    await prune(30);
    expect((await auditOf(ctx)).map((entry) => entry.sequence)).toEqual([2]);
  });

  it('keeps who was removed from the organization, and expires cursors that lead over the gap', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { membershipId: id } = await addMember(services(), organization.id, 'member');
    await removeMember(ctx, { id });
    await createTeam(ctx, { name: 'old' });
    services().clock.advance(40 * DAY);
    await createTeam(ctx, { name: 'new' });
    await prune(30);
    const left = (await auditOf(ctx)).map(({ action, sequence }) => ({ action, sequence }));
    expect(left).toEqual([
      { action: 'member.removed', sequence: 3 },
      { action: 'team.created', sequence: 5 },
    ]);
    const [removal] = await readChanges(services().db, organization.id, 2);
    expect(removal).toMatchObject({ action: 'member.removed', sequence: 3 });
    await expect(readChanges(services().db, organization.id, 3)).rejects.toMatchObject({
      code: 'CURSOR_EXPIRED',
    });
  });

  it('goes on beside everything else where there is much of it, and stops when it is told to', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const old = services().clock.now();
    await fill(organization.id, OLD);
    services().clock.advance(40 * DAY);
    await createTeam(ctx, { name: 'new' });
    const left = async () =>
      (
        await ctx.db
          .selectFrom('audit_log')
          .select('id')
          .where('organization_id', '=', organization.id)
          .where('occurred_at', '=', old)
          .execute()
      ).length;
    const config = { ...services().config, auditRetentionDays: 30 };
    const stop = startRetention({ ...services(), config });
    // What was asked for before has its turn first: an answer, and a server that says it is ready.
    await turn();
    expect(await left()).toBeGreaterThan(0);
    await stop();
    const before = await left();
    expect(before).toBeGreaterThan(0);
    const turns = countTurns();
    expect(await prune(30)).toBe(before);
    turns.stop();
    expect(turns.count).toBeGreaterThanOrEqual(before / AT_ONCE_MAX);
    expect(await left()).toBe(0);
  });

  /** Puts entries of this time at the end of an organization's log. */
  async function fill(organizationId: string, count: number): Promise<void> {
    const { db, clock } = services();
    const { value: last } = await db
      .updateTable('organization_sequences')
      .set((eb) => ({ value: eb('value', '+', count) }))
      .where('organization_id', '=', organizationId)
      .returning('value')
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: count }, (_, index) => ({
      id: newId('evt'),
      organization_id: organizationId,
      sequence: last - count + 1 + index,
      action: 'team.updated',
      actor: 'cli',
      target_id: organizationId,
      changes: '{}',
      ip: null,
      user_agent: null,
      occurred_at: clock.now(),
    }));
    for (let done = 0; done < count; done += 500)
      await db
        .insertInto('audit_log')
        .values(rows.slice(done, done + 500))
        .execute();
  }
});
