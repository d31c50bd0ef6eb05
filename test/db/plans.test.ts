import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../db/open.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import type { Page } from '../../src/core/page.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import type { ApiKeyFilter } from '../../src/keys/lists/api-key-filter.ts';
import { type ApiKeyOrder, listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { listOrganizations } from '../../src/organizations/list-organizations.ts';
import { listRoles } from '../../src/roles/list-roles.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { listTeams } from '../../src/teams/list-teams.ts';
import { onEachDatabase } from '../support/databases.ts';
import { fillWithKeys, fillWithMembers } from '../support/many-keys.ts';
import { Notes, planOf } from '../support/plans.ts';
import { keyCaller, makeOrganization, roleNamed, servicesOn } from '../support/services.ts';

/** More than are gathered for a page, of most kinds. */
const KEYS = 8_000;

const MEMBERS = 2_000;

const DAY_MS = 86_400_000;

/** What statements may do all the same: the engine, the list, the step, and why it may. */
const REVIEWED: readonly (readonly [Engine, RegExp, string, string])[] = [
  ['postgres', /unusedSince, none/, 'SORT', 'it knows that no key is that old'],
  ['postgres', /^members of a team/, 'SORT', 'as many as the team has members'],
];

const TIMEOUT_MS = 120_000;

const FIELDS: readonly ApiKeyOrder['field'][] = ['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'];
const DIRECTIONS = ['ASC', 'DESC'] as const;

onEachDatabase('the plans of lists', (engine) => {
  const services = servicesOn(engine);
  const notes = new Notes(engine);
  /** Statements whose plan was looked at, on PostgreSQL with their values. */
  const explained = new Set<string>();
  let ctx: GraphQLContext;
  let bound: GraphQLContext;
  let organizationId: string;
  let filters: Record<string, ApiKeyFilter>;
  let teamId: string;

  beforeAll(async () => {
    // An organization among others: what is its own is a part of each table.
    const other = await makeOrganization(services(), 'Other');
    const { apiKey: theirs } = (await createApiKey(other.ctx, { name: 'Theirs' })).result;
    const theirRole = (await roleNamed(other.ctx, other.organization.id, 'member')).id;
    const theirTeam = (await createTeam(other.ctx, { name: 'Theirs' })).result.id;
    await fillWithKeys(other.ctx, theirs.id, { keys: KEYS, roleId: theirRole, teamId: theirTeam });
    await fillWithMembers(other.ctx, other.organization.id, MEMBERS);
    const made = await makeOrganization(services());
    organizationId = made.organization.id;
    const roleId = (await roleNamed(made.ctx, organizationId, 'member')).id;
    const rareRoleId = (await roleNamed(made.ctx, organizationId, 'admin')).id;
    teamId = (await createTeam(made.ctx, { name: 'Large' })).result.id;
    const rareTeamId = (await createTeam(made.ctx, { name: 'Small' })).result.id;
    const { apiKey } = (
      await createApiKey(made.ctx, {
        name: 'First',
        teamIds: [rareTeamId],
        roleId: rareRoleId,
        externalId: 'rare',
      })
    ).result;
    await fillWithKeys(made.ctx, apiKey.id, { keys: KEYS, roleId, teamId });
    await fillWithMembers(made.ctx, organizationId, MEMBERS);
    if (engine === 'postgres') await sql`analyze`.execute(made.ctx.db);
    ctx = { ...made.ctx, ...notes.on(services()), principal: made.ctx.principal };
    const caller = keyCaller(organizationId, ['*'], { teamIds: [teamId, rareTeamId] });
    bound = { ...ctx, principal: caller };
    const now = services().clock.now();
    filters = {
      none: {},
      'all statuses': { status: ['ACTIVE', 'DISABLED', 'EXPIRED', 'REVOKED'] },
      ACTIVE: { status: ['ACTIVE'] },
      DISABLED: { status: ['DISABLED'] },
      EXPIRED: { status: ['EXPIRED'] },
      REVOKED: { status: ['REVOKED'] },
      'two statuses': { status: ['ACTIVE', 'REVOKED'] },
      'environment LIVE': { environment: 'live' },
      'environment TEST': { environment: 'test' },
      roleId: { roleId },
      'roleId, few': { roleId: rareRoleId },
      teamId: { teamId },
      'teamId, few': { teamId: rareTeamId },
      externalId: { externalId: 'common' },
      'externalId, few': { externalId: 'rare' },
      createdById: { createdById: apiKey.createdBy },
      'createdById, none': { createdById: 'operator:nobody' },
      metadata: { metadata: { plan: 'pro' } },
      'metadata in an environment': { environment: 'live', metadata: { plan: 'pro' } },
      'metadata, few': { metadata: { plan: 'pro', number: 76 } },
      'metadata, none': { metadata: { plan: 'enterprise' } },
      search: { search: 'gateway' },
      'search, few': { search: 'gateway 77 ' },
      'search, none': { search: 'nothing like it' },
      'search, short': { search: 'a' },
      'search, id': { search: apiKey.id },
      unusedSince: { unusedSince: now },
      'unusedSince, none': { unusedSince: 1 },
      expiresBefore: { expiresBefore: now + 400 * DAY_MS },
      'expiresBefore, none': { expiresBefore: 1 },
      rotationDueBefore: { rotationDueBefore: now },
      'rotationDueBefore, none': { rotationDueBefore: 1 },
      'several filters': {
        status: ['ACTIVE'],
        environment: 'live',
        roleId,
        search: 'gateway',
        externalId: 'common',
      },
    };
  }, TIMEOUT_MS);

  /** Reads a page and what can be asked of it, from its start and from a cursor; gives what may take long. */
  async function stepsOf(
    title: string,
    list: (after: string | null) => Promise<Page<unknown>>,
    isCounted = true,
  ): Promise<string[]> {
    notes.take();
    let page = await list(null);
    const [, middle] = page.edges;
    if (middle) {
      page = await list(middle.cursor);
      await page.hasPreviousPage();
    }
    await page.hasNextPage();
    if (isCounted) await page.totalCount();
    const found: string[] = [];
    for (const query of notes.take()) {
      const text = query.sql + (engine === 'postgres' ? JSON.stringify(query.parameters) : '');
      if (explained.has(text)) continue;
      explained.add(text);
      const { steps, plan } = await planOf(services().db, engine, query);
      for (const step of steps) {
        const isReviewed = REVIEWED.some(
          ([on, of, what]) => on === engine && of.test(title) && what === step,
        );
        if (!isReviewed) found.push(`${title}: ${step}\n${query.sql}\n${plan}`);
      }
    }
    return found;
  }

  describe.each(FIELDS)('of keys by %s', (field) => {
    test(
      'neither scan nor sort, with any filter, for any caller',
      async () => {
        const found: string[] = [];
        for (const direction of DIRECTIONS)
          for (const [name, filter] of Object.entries(filters))
            for (const [caller, as] of [
              ['', ctx],
              [' of a team', bound],
            ] as const) {
              const options = { filter, orderBy: { field, direction } };
              const list = (after: string | null) =>
                listApiKeys(as, organizationId, options, { first: 20, after });
              // How many there are is counted without their order.
              const isCounted = field === 'CREATED_AT' && direction === 'ASC';
              found.push(
                ...(await stepsOf(`keys${caller}, ${name} by ${field} ${direction}`, list, isCounted)),
              );
            }
        const ofTeam = (after: string | null) =>
          listApiKeys(
            ctx,
            organizationId,
            { boundToTeam: teamId, orderBy: { field, direction: 'ASC' } },
            { after },
          );
        found.push(...(await stepsOf(`keys of a team by ${field}`, ofTeam)));
        expect(found).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });

  test('of everything else neither scan nor sort', async () => {
    const found = [
      ...(await stepsOf('organizations', (after) => listOrganizations(ctx, { after }))),
      ...(await stepsOf('roles', (after) => listRoles(ctx, organizationId, { after }))),
      ...(await stepsOf('teams', (after) => listTeams(ctx, organizationId, { after }))),
      ...(await stepsOf('members', (after) => listMembers(ctx, organizationId, {}, { after }))),
      ...(await stepsOf('members, search', (after) =>
        listMembers(ctx, organizationId, { search: 'ÉXAMPLE' }, { after }),
      )),
      ...(await stepsOf('members, search, many', (after) =>
        listMembers(ctx, organizationId, { search: 'PERSON' }, { after }),
      )),
      ...(await stepsOf('members of a team', (after) =>
        listMembers(ctx, organizationId, { teamId }, { after }),
      )),
    ];
    expect(found).toEqual([]);
  });
});
