import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import {
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  UnauthenticatedError,
} from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateApiKeys } from '../../src/keys/update-api-keys.ts';
import { findOrganization } from '../../src/organizations/find-organization.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('changing an organization', (engine) => {
  const services = servicesOn(engine);

  test('changes what was said, keeps the rest, and records both values', async () => {
    const { ctx, organization } = await makeOrganization(services(), 'Before');
    const { id } = organization;
    const catalog = [{ name: 'prompt.render', description: 'Renders a prompt' }, { name: 'read_render' }];
    const given = {
      id,
      name: ' After ',
      keyPrefix: 'p402',
      rotationPolicy: { liveDays: 30 },
      permissionCatalog: catalog,
    };
    const { result } = await updateOrganization(ctx, given);
    const permissionCatalog = [
      { name: 'prompt.render', description: 'Renders a prompt' },
      { name: 'read_render', description: null },
    ];
    expect(result).toEqual({
      ...organization,
      name: 'After',
      keyPrefix: 'p402',
      rotationPolicy: { liveDays: 30, testDays: 180 },
      permissionCatalog,
    });
    expect(await findOrganization(ctx, id)).toEqual(result);
    expect((await auditOf(ctx)).at(-1)).toMatchObject({
      action: 'organization.updated',
      actor: ctx.principal?.actor,
      target_id: id,
      changes: {
        name: ['Before', 'After'],
        keyPrefix: ['kw', 'p402'],
        rotationPolicy: [
          { liveDays: 90, testDays: 180 },
          { liveDays: 30, testDays: 180 },
        ],
        permissionCatalog: [[], permissionCatalog],
      },
    });
  });

  test('records only what changed', async () => {
    const { ctx, organization } = await makeOrganization(services(), 'Same');
    const { id } = organization;
    await updateOrganization(ctx, { id, name: 'Same', keyPrefix: 'other' });
    expect((await auditOf(ctx)).at(-1)?.changes).toEqual({ keyPrefix: ['kw', 'other'] });
  });

  test('writes nothing where nothing differs', async () => {
    const { ctx, organization } = await makeOrganization(services(), 'Same');
    const { id } = organization;
    const same = { id, name: 'Same ', rotationPolicy: { liveDays: 90 }, permissionCatalog: null };
    expect((await updateOrganization(ctx, same)).result).toEqual(organization);
    expect((await updateOrganization(ctx, { id })).result).toEqual(organization);
    expect(await auditOf(ctx)).toHaveLength(1);
  });

  test('clears with null what can be cleared', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    await updateOrganization(ctx, { id, permissionCatalog: [{ name: 'a.b' }] });
    const cleared = { id, rotationPolicy: { liveDays: null, testDays: null }, permissionCatalog: null };
    expect((await updateOrganization(ctx, cleared)).result).toMatchObject({
      rotationPolicy: { liveDays: null, testDays: null },
      permissionCatalog: [],
    });
  });

  test('refuses null where nothing can be cleared', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const given = { id: organization.id, name: null, keyPrefix: null, rotationPolicy: null };
    expect(await issuesOf(updateOrganization(ctx, given))).toEqual(
      ['name', 'keyPrefix', 'rotationPolicy'].map((field) => ({
        path: ['input', field],
        message: "can't be null",
      })),
    );
  });

  test('says all that is wrong, and changes nothing', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const given = {
      id: organization.id,
      name: 'a'.repeat(101),
      keyPrefix: 'KW',
      rotationPolicy: { liveDays: 0, testDays: 3651 },
      permissionCatalog: [
        { name: 'fine', description: 'a'.repeat(501) },
        { name: 'audit.view' },
        { name: 'prompt.*' },
        { name: 'fine' },
        { name: 'Not One' },
      ],
    };
    const issues = await issuesOf(updateOrganization(ctx, given));
    expect(issues.map((issue) => issue.path.slice(1).join('.'))).toEqual([
      'name',
      'keyPrefix',
      'rotationPolicy.liveDays',
      'rotationPolicy.testDays',
      'permissionCatalog.0.description',
      'permissionCatalog.1.name',
      'permissionCatalog.2.name',
      'permissionCatalog.3.name',
      'permissionCatalog.4.name',
    ]);
    expect(issues.find((issue) => issue.path[2] === '1')?.message).toBe('audit.view is built in');
    expect(await findOrganization(ctx, organization.id)).toEqual(organization);
  });

  test('takes each limit, and not one more', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const catalog = Array.from({ length: 500 }, (_, index) => ({ name: `own.${index}` }));
    const rotationPolicy = { liveDays: 1, testDays: 3650 };
    const { result } = await updateOrganization(ctx, { id, permissionCatalog: catalog, rotationPolicy });
    expect(result.permissionCatalog).toHaveLength(500);
    const more = [...catalog, { name: 'one.more' }];
    const [issue] = await issuesOf(updateOrganization(ctx, { id, permissionCatalog: more }));
    expect(issue).toEqual({ path: ['input', 'permissionCatalog'], message: 'must have at most 500 entries' });
  });

  test('needs organization.manage', async () => {
    const { organization } = await makeOrganization(services());
    const { id } = organization;
    const update = (permissions: string[]) =>
      updateOrganization(contextFor(services(), memberOf(id, permissions)), { id, name: 'Renamed' });
    await expect(update(['organization.view', 'api.key.*'])).rejects.toMatchObject({
      permission: 'organization.manage',
    });
    await expect(update(['organization.*'])).resolves.toMatchObject({ result: { name: 'Renamed' } });
    await expect(updateOrganization(contextFor(services(), null), { id })).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  test('knows no other organization, and none that is not there', async () => {
    const { ctx } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    for (const [asked, id] of [
      [ctx, other.id],
      [ctx, newId('org')],
      [ctx, newId('team')],
      [ctx, 'org_\0'],
      [operator, newId('org')],
    ] as const) {
      const refused = updateOrganization(asked, { id, name: 'Stolen' });
      await expect(refused).rejects.toThrow(NotFoundError);
      await expect(refused).rejects.toMatchObject({ id });
    }
    expect(await findOrganization(operator, other.id)).toEqual(other);
  });

  test('keeps both of two changes made at once', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    await Promise.all([
      updateOrganization(ctx, { id, rotationPolicy: { liveDays: 1 } }),
      updateOrganization(ctx, { id, rotationPolicy: { testDays: 2 } }),
    ]);
    const now = await findOrganization(ctx, id);
    expect(now?.rotationPolicy).toEqual({ liveDays: 1, testDays: 2 });
    expect((await auditOf(ctx)).map((row) => row.sequence)).toEqual([1, 2, 3]);
  });
});

onEachDatabase('finding an organization', (engine) => {
  const services = servicesOn(engine);

  test('finds the caller’s own, and null for every other', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    expect(await findOrganization(ctx, organization.id)).toEqual(organization);
    for (const id of [other.id, newId('org'), newId('key'), '', 'org_\0'])
      expect(await findOrganization(ctx, id)).toBeNull();
  });

  test('finds any for an operator, and null for what is not there', async () => {
    const { organization } = await makeOrganization(services());
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    expect(await findOrganization(operator, organization.id)).toEqual(organization);
    expect(await findOrganization(operator, newId('org'))).toBeNull();
  });

  test('needs organization.view', async () => {
    const { organization } = await makeOrganization(services());
    const ctx = contextFor(services(), memberOf(organization.id, ['api.key.view']));
    await expect(findOrganization(ctx, organization.id)).rejects.toThrow(ForbiddenError);
    await expect(findOrganization(contextFor(services(), null), organization.id)).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  describe('the limit on active keys', () => {
    const operator = () => contextFor(services(), operatorPrincipal(newId('op'), 'billing'));

    test('is set, lowered below the number of active keys, and removed by an operator', async () => {
      const { ctx, organization } = await makeOrganization(services());
      const { id } = organization;
      const { apiKey } = (await createApiKey(ctx, { name: 'First' })).result;
      await createApiKey(ctx, { name: 'Second' });
      const limit = async (maxActiveApiKeys: number | null) =>
        (await updateOrganization(operator(), { id, maxActiveApiKeys })).result;
      const create = () => createApiKey(ctx, { name: 'Another' });
      expect(await limit(3)).toEqual({ ...organization, maxActiveApiKeys: 3 });
      await create();
      await expect(create()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 3, current: 3 });
      await limit(1);
      await expect(create()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 1, current: 3 });
      // What is active stays so, and can be changed.
      await updateApiKey(ctx, { id: apiKey.id, name: 'Renamed' });
      await limit(0);
      await limit(0);
      await limit(null);
      await create();
      const log = (await auditOf(ctx)).filter(({ action }) => action === 'organization.updated');
      expect(log.map(({ actor, changes }) => [actor, changes])).toEqual(
        [
          [null, 3],
          [3, 1],
          [1, 0],
          [0, null],
        ].map((values) => ['operator:billing', { maxActiveApiKeys: values }]),
      );
    });

    test('stays as it is when something else changes, also by its owner', async () => {
      const { ctx, organization } = await makeOrganization(services());
      const { id } = organization;
      await updateOrganization(operator(), { id, maxActiveApiKeys: 7 });
      expect((await updateOrganization(ctx, { id, name: 'Other' })).result.maxActiveApiKeys).toBe(7);
    });

    test('is not for owners and keys, not even as it is, and nothing of the request is done', async () => {
      const { ctx, organization } = await makeOrganization(services());
      const { id } = organization;
      const callers = [
        ctx.principal,
        keyCaller(id, ['*']),
        keyCaller(id, ['*'], { teamIds: [newId('team')] }),
        memberOf(id, ['organization.manage']),
      ];
      for (const principal of callers)
        for (const maxActiveApiKeys of [null, 1_000_000]) {
          const update = { id, name: 'Taken over', maxActiveApiKeys };
          await expect(updateOrganization(contextFor(services(), principal), update)).rejects.toThrow(
            ForbiddenError,
          );
        }
      const foreign = (await makeOrganization(services())).organization.id;
      await expect(updateOrganization(ctx, { id: foreign, maxActiveApiKeys: 1 })).rejects.toThrow(
        new NotFoundError(foreign, 'organization'),
      );
      expect(await findOrganization(ctx, id)).toEqual(organization);
      expect(await auditOf(ctx)).toHaveLength(1);
    });

    test.each([-1, 1.5, 2 ** 31, Number.NaN])('can’t be %d', async (maxActiveApiKeys) => {
      const { organization } = await makeOrganization(services());
      const issues = await issuesOf(
        updateOrganization(operator(), { id: organization.id, maxActiveApiKeys }),
      );
      expect(issues).toMatchObject([{ path: ['input', 'maxActiveApiKeys'] }]);
    });

    test('is exact while keys are created and enabled', async () => {
      const { ctx, organization } = await makeOrganization(services());
      const { id } = organization;
      const disabled: string[] = [];
      for (let n = 0; n < 6; n += 1)
        disabled.push((await createApiKey(ctx, { name: 'Disabled' })).result.apiKey.id);
      await updateApiKeys(ctx, { ids: disabled, enabled: false });
      const attempts = (): Promise<unknown>[] => [
        ...Array.from({ length: 5 }, () => createApiKey(ctx, { name: 'Another' })),
        updateApiKeys(ctx, { ids: disabled.splice(0, 3), enabled: true }),
      ];
      const before = attempts();
      const limited = updateOrganization(operator(), { id, maxActiveApiKeys: 6 });
      const outcomes = await Promise.allSettled([...before, ...attempts()]);
      await limited;
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LimitExceededError);
      const log = await auditOf(ctx);
      const at = log.findIndex(({ changes }) => 'maxActiveApiKeys' in changes);
      const activated = (entries: typeof log) =>
        entries.filter(
          ({ action, changes }) =>
            action === 'api_key.created' || isDeepStrictEqual(changes.enabled, [false, true]),
        ).length - 6;
      expect(activated(log)).toBe(Math.max(6, activated(log.slice(0, at))));
    });
  });
});
