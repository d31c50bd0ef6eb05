import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { loadAuditEntries } from '../../src/audit/entry.ts';
import { type AuditFilter, listAudit } from '../../src/audit/list.ts';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('the audit log', (engine) => {
  const services = servicesOn(engine);

  /** An organization with a log of five entries, a millisecond apart. */
  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const teams = [];
    for (const name of ['A', 'B', 'C']) {
      services().clock.advance(1);
      teams.push((await createTeam(ctx, { name })).result.id);
    }
    services().clock.advance(1);
    const other = contextFor(services(), memberOf(id, ['*']));
    await updateOrganization(other, { id, name: 'Renamed' });
    return { ctx, id, teams, other };
  }

  async function sequences(ctx: GraphQLContext, id: string, filter: AuditFilter = {}): Promise<number[]> {
    const { edges } = await listAudit(ctx, id, filter, {});
    return edges.map((edge) => edge.node.sequence);
  }

  test('shows the latest change first, whole', async () => {
    const { ctx, id, other } = await setUp();
    const { edges } = await listAudit(ctx, id, {}, { first: 1 });
    expect(edges.map((edge) => edge.node)).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        organizationId: id,
        sequence: 5,
        action: 'organization.updated',
        actor: other.principal?.actor,
        targetId: id,
        changes: { name: ['Acme', 'Renamed'] },
        ip: '192.0.2.1',
        userAgent: 'vitest',
        occurredAt: services().clock.now(),
      },
    ]);
    expect(await sequences(ctx, id)).toEqual([5, 4, 3, 2, 1]);
  });

  test('goes page by page and back, also while it grows', async () => {
    const { ctx, id } = await setUp();
    const first = await listAudit(ctx, id, {}, { first: 2 });
    await createTeam(ctx, { name: 'Meanwhile' });
    const next = await listAudit(ctx, id, {}, { first: 2, after: first.edges.at(-1)?.cursor });
    expect(next.edges.map((edge) => edge.node.sequence)).toEqual([3, 2]);
    expect([await next.hasNextPage(), await next.hasPreviousPage()]).toEqual([true, true]);
    const back = await listAudit(ctx, id, {}, { last: 9, before: next.edges[0]?.cursor });
    expect(back.edges.map((edge) => edge.node.sequence)).toEqual([6, 5, 4]);
    expect(await first.totalCount()).toBe(6);
  });

  test('narrows by action, target, actor and time', async () => {
    const { ctx, id, teams, other } = await setUp();
    const now = services().clock.now();
    expect(await sequences(ctx, id, { actions: ['team.created', 'team.created'] })).toEqual([4, 3, 2]);
    expect(await sequences(ctx, id, { actions: ['organization.created', 'organization.updated'] })).toEqual([
      5, 1,
    ]);
    expect(await sequences(ctx, id, { targetId: teams[1] })).toEqual([3]);
    expect(await sequences(ctx, id, { actorId: other.principal?.actor })).toEqual([5]);
    expect(await sequences(ctx, id, { actorId: 'test' })).toEqual([1]);
    expect(await sequences(ctx, id, { from: now - 2, to: now })).toEqual([4, 3]);
    expect(await sequences(ctx, id, { actions: ['team.created'], from: now - 1, to: null })).toEqual([4]);
  });

  test('finds nothing for what can’t be there', async () => {
    const { ctx, id } = await setUp();
    for (const filter of [
      { actions: [] },
      { actions: ['nope', 'a\0b', ''] },
      { targetId: newId('team') },
      { targetId: 'team_\0' },
      { actorId: 'user_\0' },
      { actorId: '\ud83d' },
      { from: 2, to: 1 },
    ])
      expect(await sequences(ctx, id, filter)).toEqual([]);
    for (const filter of [{ actions: null, targetId: null, actorId: null, from: null, to: null }])
      expect(await sequences(ctx, id, filter)).toHaveLength(5);
  });

  test('refuses more actions than there could be', async () => {
    const { ctx, id } = await setUp();
    const actions = Array.from({ length: 101 }, () => 'team.created');
    await expect(sequences(ctx, id, { actions })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await sequences(ctx, id, { actions: actions.slice(1) })).toHaveLength(3);
  });

  test('needs audit.view', async () => {
    const { id } = await setUp();
    const asked = (permissions: string[]) => sequences(contextFor(services(), memberOf(id, permissions)), id);
    await expect(asked(['audit.view'])).resolves.toHaveLength(5);
    await expect(asked(['organization.*', 'api.key.*'])).rejects.toThrow(ForbiddenError);
    await expect(asked([])).rejects.toMatchObject({ permission: 'audit.view' });
    await expect(sequences(contextFor(services(), null), id)).rejects.toThrow(UnauthenticatedError);
  });

  test('is nobody else’s', async () => {
    const { id, teams } = await setUp();
    const { ctx: stranger, organization } = await makeOrganization(services(), 'Other');
    await expect(sequences(stranger, id)).rejects.toThrow(NotFoundError);
    await expect(sequences(stranger, newId('org'))).rejects.toThrow(NotFoundError);
    expect(await sequences(stranger, organization.id, { targetId: teams[0] })).toEqual([]);
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    expect(await sequences(operator, id)).toHaveLength(5);
    await expect(sequences(operator, newId('org'))).rejects.toThrow(NotFoundError);
    await expect(sequences(operator, 'org_\0')).rejects.toThrow(NotFoundError);
  });

  test('gives entries by id', async () => {
    const { ctx, id } = await setUp();
    const entries = (await listAudit(ctx, id, {}, {})).edges.map((edge) => edge.node);
    const loaded = await loadAuditEntries(ctx, [newId('evt'), ...entries.map((entry) => entry.id)]);
    expect(loaded.sort((a, b) => b.sequence - a.sequence)).toEqual(entries);
    expect(await loadAuditEntries(ctx, [])).toEqual([]);
  });
});
