import { expect, test } from 'vitest';
import { operatorPrincipal, systemPrincipal } from '../../src/access/principal.ts';
import { ConflictError, ForbiddenError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { listRoles } from '../../src/roles/list-roles.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, keyCaller, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('creating an organization', (engine) => {
  const services = servicesOn(engine);
  const operator = () => contextFor(services(), operatorPrincipal(newId('op'), 'billing'));

  test('gives it what was said, and the server’s defaults', async () => {
    const given = { name: ' Ácme ', slug: 'acme-1', keyPrefix: 'acme_api' };
    const { result } = await createOrganization(operator(), given);
    expect(result).toEqual({
      id: expect.stringMatching(/^org_/),
      name: 'Ácme',
      slug: 'acme-1',
      keyPrefix: 'acme_api',
      createdAt: services().clock.now(),
      maxActiveApiKeys: null,
      rotationPolicy: { liveDays: 90, testDays: 180 },
      permissionCatalog: [],
    });
  });

  test('takes prefix and limit from the configuration', async () => {
    const ctx = operator();
    const config = { ...ctx.config, keyPrefix: 'p402', maxActiveApiKeys: 7 };
    const { result } = await createOrganization(
      { ...ctx, config },
      { name: 'Limited', slug: null, keyPrefix: null },
    );
    expect(result).toMatchObject({ slug: 'limited', keyPrefix: 'p402', maxActiveApiKeys: 7 });
  });

  test('gives it the roles owner, admin and member', async () => {
    const ctx = operator();
    const { id } = (await createOrganization(ctx, { name: 'Roles' })).result;
    const roles = (await listRoles(ctx, id, {})).edges.map((edge) => edge.node);
    expect(roles.map(({ name, permissions, system }) => ({ name, permissions, system }))).toEqual([
      { name: 'owner', permissions: ['*'], system: true },
      {
        name: 'admin',
        permissions: ['api.key.*', 'member.view', 'team.*', 'role.view', 'audit.view', 'organization.view'],
        system: true,
      },
      { name: 'member', permissions: ['api.key.view', 'team.view', 'organization.view'], system: true },
    ]);
  });

  test('makes nothing for an operator whose token was revoked meanwhile', async () => {
    const revoked = { ...operator(), refreshPrincipal: async () => null };
    const made = createOrganization(revoked, { name: 'Too late', slug: 'too-late' });
    await expect(made).rejects.toThrow(new UnauthenticatedError(true));
    const { result } = await createOrganization(operator(), { name: 'In time', slug: 'too-late' });
    expect(result.name).toBe('In time');
  });

  test('is the first entry of its audit log', async () => {
    const { result, propagation } = await createOrganization(operator(), {
      name: 'Audited',
      keyPrefix: 'aud',
    });
    const rows = await services()
      .db.selectFrom('audit_log')
      .selectAll()
      .where('organization_id', '=', result.id)
      .execute();
    expect(rows).toEqual([
      expect.objectContaining({
        sequence: 1,
        action: 'organization.created',
        actor: 'operator:billing',
        target_id: result.id,
        ip: '192.0.2.1',
        user_agent: 'vitest',
      }),
    ]);
    expect(JSON.parse(rows[0]?.changes ?? '')).toEqual({
      name: [null, 'Audited'],
      slug: [null, 'audited'],
      keyPrefix: [null, 'aud'],
    });
    expect(propagation.confirmedNodes).toBe(1);
  });

  test.each([
    ['Ünïted  Widgets & Söhne, Inc.', 'united-widgets-sohne-inc'],
    ['🗝️', 'organization'],
    ['x'.repeat(100), 'x'.repeat(50)],
    [`${'y'.repeat(49)} z`, 'y'.repeat(49)],
  ])('makes a slug of %s', async (name, slug) => {
    expect((await createOrganization(operator(), { name })).result.slug).toBe(slug);
  });

  test('numbers a slug that is taken, and keeps it short enough', async () => {
    const slugs = [];
    for (const name of ['Twin', 'twin', 'TWIN!', 'Twin 3', 'w'.repeat(60), 'w'.repeat(51)])
      slugs.push((await createOrganization(operator(), { name })).result.slug);
    expect(slugs).toEqual(['twin', 'twin-2', 'twin-3', 'twin-3-2', 'w'.repeat(50), `${'w'.repeat(48)}-2`]);
  });

  test('gives every one of many made at once a slug of its own', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, () => createOrganization(operator(), { name: 'Crowd' })),
    );
    const slugs = made.map(({ result }) => result.slug);
    expect(slugs.sort()).toEqual(['crowd', ...Array.from({ length: 11 }, (_, i) => `crowd-${i + 2}`)].sort());
  });

  test('refuses a slug that is taken, and makes nothing', async () => {
    await createOrganization(operator(), { name: 'One', slug: 'taken' });
    const again = createOrganization(operator(), { name: 'Nobody made this', slug: 'taken' });
    await expect(again).rejects.toThrow(ConflictError);
    const rows = await services()
      .db.selectFrom('organizations')
      .select('id')
      .where('name', '=', 'Nobody made this')
      .execute();
    expect(rows).toEqual([]);
  });

  test('says all that is wrong', async () => {
    const given = { name: ' \t', slug: 'No Slug', keyPrefix: 'sess' };
    const issues = await issuesOf(createOrganization(operator(), given));
    expect(issues.map(({ path }) => path)).toEqual([
      ['input', 'name'],
      ['input', 'slug'],
      ['input', 'keyPrefix'],
    ]);
  });

  test.each(['', 'a', 'A1', '1ab', 'ab__cd', 'ab_', 'abc-d', 'a'.repeat(13), 'abcdefgh_abcdefgh', 'kwop'])(
    'refuses the prefix %j',
    async (keyPrefix) => {
      const [issue] = await issuesOf(createOrganization(operator(), { name: 'A', keyPrefix }));
      expect(issue?.path).toEqual(['input', 'keyPrefix']);
    },
  );

  test.each(['ab', 'acme_api', 'abcdefghijkl', 'abcdefg_abcdefgh'])(
    'takes the prefix %s',
    async (keyPrefix) => {
      const { result } = await createOrganization(operator(), { name: 'A', keyPrefix });
      expect(result.keyPrefix).toBe(keyPrefix);
    },
  );

  test.each(['', 'x'.repeat(51), 'a b', 'ä', 'a.b'])('refuses the slug %j', async (slug) => {
    const [issue] = await issuesOf(createOrganization(operator(), { name: 'A', slug }));
    expect(issue?.path).toEqual(['input', 'slug']);
  });

  test('is for operators and Keywright itself only', async () => {
    const create = (ctx: Parameters<typeof createOrganization>[0]) => createOrganization(ctx, { name: 'A' });
    const organizationId = newId('org');
    const owner = memberOf(organizationId, ['*']);
    await expect(create(contextFor(services(), owner))).rejects.toThrow(ForbiddenError);
    await expect(create(contextFor(services(), keyCaller(organizationId, ['*'])))).rejects.toMatchObject({
      permission: 'organization.create',
    });
    await expect(create(contextFor(services(), null))).rejects.toThrow(UnauthenticatedError);
    await expect(create(contextFor(services(), systemPrincipal('cli')))).resolves.toBeDefined();
  });
});
