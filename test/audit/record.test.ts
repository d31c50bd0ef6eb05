import { expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, servicesOn } from '../support/services.ts';

onEachDatabase('recording changes', (engine) => {
  const services = servicesOn(engine);

  test('numbers the changes of an organization without gaps, whoever makes them at once', async () => {
    const { ctx } = await makeOrganization(services());
    // Half of them fail and must leave no gap.
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => createTeam(ctx, { name: `Team ${i % 15}` })),
    );
    const rows = await auditOf(ctx);
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test('announces what it wrote, in its order, and nothing where nothing was', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const before = services().events.length;
    await createTeam(ctx, { name: 'One' });
    await expect(createTeam(ctx, { name: 'One' })).rejects.toThrow();
    await createTeam(ctx, { name: 'Two' });
    const rows = await auditOf(ctx);
    expect(services().events.slice(before)).toEqual(
      rows.slice(1).map((row) => ({
        type: 'change',
        id: row.id,
        organizationId: organization.id,
        sequence: row.sequence,
        action: 'team.created',
        actor: ctx.principal?.actor,
        targetId: row.target_id,
        changes: row.changes,
        occurredAt: row.occurred_at,
      })),
    );
  });

  test('lets two changes over the same organizations end, whatever their order', async () => {
    const one = await makeOrganization(services(), 'One');
    const two = await makeOrganization(services(), 'Two');
    const ids = [one.organization.id, two.organization.id];
    const cli = contextFor(services(), systemPrincipal('cli'));
    const record = (order: readonly string[]) =>
      write(cli, async ({ audit }) => {
        for (const organizationId of order)
          audit({ organizationId, action: 'session.created', targetId: newId('ses'), changes: {} });
      });
    await Promise.all(Array.from({ length: 10 }, (_, i) => record(i % 2 ? ids : [...ids].reverse())));
    for (const { ctx } of [one, two])
      expect((await auditOf(ctx)).map((row) => row.sequence)).toEqual(
        Array.from({ length: 11 }, (_, i) => i + 1),
      );
  });

  test('keeps where a change came from, and no more than 300 characters of a user agent', async () => {
    const { ctx } = await makeOrganization(services());
    const request = { id: 'r', ip: '2001:db8::1', userAgent: 'x'.repeat(400) };
    await createTeam({ ...ctx, client: request }, { name: 'One' });
    await createTeam({ ...ctx, client: { id: 'r', ip: null, userAgent: null } }, { name: 'Two' });
    expect((await auditOf(ctx)).slice(1).map(({ ip, user_agent }) => [ip, user_agent])).toEqual([
      ['2001:db8::1', 'x'.repeat(300)],
      [null, null],
    ]);
  });
});
