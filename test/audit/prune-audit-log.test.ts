import { expect, it } from 'vitest';
import { pruneAuditLog } from '../../src/audit/prune-audit-log.ts';
import { readChanges, requireReplayable } from '../../src/live/change-log.ts';
import { createTeam } from '../../src/organizations/create-team.ts';
import { removeMember } from '../../src/organizations/remove-member.ts';
import { addMember } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const DAY = 86_400_000;

onEachDatabase('the retention of the audit log', (engine) => {
  const services = servicesOn(engine);
  const prune = (days: number | null) => {
    const { db, clock, config } = services();
    return pruneAuditLog({ db, clock, config: { ...config, auditRetentionDays: days } });
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
});
