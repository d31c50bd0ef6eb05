import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import {
  EscalationError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  UnauthenticatedError,
  ValidationError,
} from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { loadSecretsOfKeys, loadTeamsOfKeys } from '../../src/keys/api-key.ts';
import { type CreateApiKeyInput, createApiKey } from '../../src/keys/create-api-key.ts';
import { countActiveApiKeys } from '../../src/keys/lists/key-counts.ts';
import { hashSecret, parseSecret } from '../../src/keys/secret.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';

onEachDatabase('creating a key', (engine) => {
  const services = servicesOn(engine);

  test('gives the key and its secret, with what was said and nothing else', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { name: ' Terraform CI/CD ' })).result;
    const now = services().clock.now();
    expect(parseSecret(secret)).toEqual({ prefix: 'kw', environment: 'live' });
    expect(apiKey).toEqual({
      id: expect.stringMatching(/^key_/),
      organizationId: organization.id,
      name: 'Terraform CI/CD',
      description: null,
      environment: 'live',
      start: secret.slice(0, 16),
      roleId: null,
      grants: [],
      ipAllowlist: [],
      rateLimit: null,
      foreignId: null,
      externalId: null,
      metadata: {},
      enabled: true,
      createdAt: now,
      createdBy: ctx.principal?.actor,
      updatedAt: now,
      rotatedAt: now,
      expiresAt: null,
      lastUsedAt: null,
      lastUsedIp: null,
      revokedAt: null,
      revokedBy: null,
      revocationReason: null,
    });
  });

  test('keeps everything that can be said', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const role = await roleNamed(ctx, organization.id, 'member');
    const [one, other] = [await createTeam(ctx, { name: 'One' }), await createTeam(ctx, { name: 'Other' })];
    const given = {
      organizationId: organization.id,
      name: 'مفتاح 🗝️',
      description: 'first line\nsecond line',
      environment: 'test',
      roleId: role.id,
      grants: ['read_render', 'a.*', 'read_render'],
      teamIds: [one.result.id, other.result.id, one.result.id],
      ipAllowlist: ['10.0.0.0/8', '2001:DB8::', '192.0.2.1', '192.0.2.1/32'],
      rateLimit: { limit: 1_000_000_000, windowSeconds: 2_592_000 },
      externalId: 'customer-7',
      metadata: { deep: [{ er: null }], text: 'with \0 and \ud83d' },
      expiresAt: services().clock.now() + 1,
    } as const;
    const { apiKey, secret } = (await createApiKey(ctx, given)).result;
    expect(parseSecret(secret)?.environment).toBe('test');
    expect(apiKey).toMatchObject({
      name: given.name,
      description: given.description,
      environment: 'test',
      roleId: role.id,
      grants: ['read_render', 'a.*'],
      ipAllowlist: ['10.0.0.0/8', '2001:db8::/128', '192.0.2.1/32'],
      rateLimit: given.rateLimit,
      externalId: 'customer-7',
      metadata: given.metadata,
      expiresAt: given.expiresAt,
    });
    const teams = await loadTeamsOfKeys(ctx, [apiKey.id]);
    expect(teams.get(apiKey.id)?.map((team) => team.name)).toEqual(['One', 'Other']);
  });

  test('takes null for left out', async () => {
    const { ctx } = await makeOrganization(services());
    const given = {
      name: 'A',
      description: null,
      environment: null,
      roleId: null,
      grants: null,
      teamIds: null,
      ipAllowlist: null,
      rateLimit: null,
      externalId: null,
      metadata: null,
      expiresAt: null,
    };
    const { apiKey } = (await createApiKey(ctx, given)).result;
    expect(apiKey).toMatchObject({ environment: 'live', grants: [], metadata: {}, expiresAt: null });
  });

  test('stores of the secret its hash and display form only', async () => {
    const { ctx } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A' })).result;
    const row = await ctx.db
      .selectFrom('api_key_secrets')
      .selectAll()
      .where('api_key_id', '=', apiKey.id)
      .executeTakeFirstOrThrow();
    expect(row.hash).toBe(hashSecret(secret));
    expect(JSON.stringify(row)).not.toContain(secret);
    const [own] = (await loadSecretsOfKeys(ctx, [apiKey.id])).get(apiKey.id) ?? [];
    expect(own).toMatchObject({
      id: row.id,
      start: apiKey.start,
      uses: 0,
      lastUsedAt: null,
      expiresAt: null,
    });
    expect(own).not.toHaveProperty('hash');
  });

  test('is written into the audit log and announced, without secret or hash', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { result, propagation } = await createApiKey(ctx, { name: 'A', grants: ['b', 'a'] });
    const { apiKey, secret } = result;
    const [entry, ...more] = await auditOf(ctx, apiKey.id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      organization_id: organization.id,
      action: 'api_key.created',
      actor: ctx.principal?.actor,
      ip: '192.0.2.1',
      user_agent: 'vitest',
      occurred_at: services().clock.now(),
    });
    expect(entry?.changes).toEqual({
      name: [null, 'A'],
      environment: [null, 'LIVE'],
      roleId: [null, null],
      grants: [null, ['b', 'a']],
      teamIds: [null, []],
    });
    expect(JSON.stringify(entry)).not.toContain(secret.slice(16));
    expect(JSON.stringify(entry)).not.toContain(hashSecret(secret));
    const announced = services().events.at(-1);
    expect(announced).toMatchObject({ type: 'change', action: 'api_key.created', targetId: apiKey.id });
    expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
  });

  test('works for a key and an operator as it does for a person', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey } = (await createApiKey(ctx, { name: 'A', grants: ['api.key.create', 'a'] })).result;
    const permissions = apiKey.grants;
    const byKey = contextFor(services(), keyCaller(organization.id, permissions, { keyId: apiKey.id }));
    expect((await createApiKey(byKey, { name: 'B', grants: ['a'] })).result.apiKey.createdBy).toBe(apiKey.id);
    const byOperator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
    const given = { name: 'C', organizationId: organization.id };
    expect((await createApiKey(byOperator, given)).result.apiKey.createdBy).toBe('operator:billing');
  });

  describe('is refused', () => {
    test.each<[string, Partial<CreateApiKeyInput>, string[]]>([
      ['an empty name', { name: '' }, ['name']],
      ['no name', { name: null }, ['name']],
      ['a name of 300 characters', { name: 'a'.repeat(300) }, ['name']],
      ['a control character', { name: 'a\0' }, ['name']],
      ['a long description', { description: 'a'.repeat(501) }, ['description']],
      ['a long external id', { externalId: 'a'.repeat(201) }, ['externalId']],
      ['101 grants', { grants: Array.from({ length: 101 }, () => 'a') }, ['grants']],
      ['a malformed grant', { grants: ['a', 'a', 'Not This', 'a.*.b'] }, ['grants.2', 'grants.3']],
      ['51 teams', { teamIds: Array.from({ length: 51 }, () => newId('team')) }, ['teamIds']],
      ['101 networks', { ipAllowlist: Array.from({ length: 101 }, () => '10.0.0.0/8') }, ['ipAllowlist']],
      [
        'bad networks',
        { ipAllowlist: ['::1', '10.1.0.0/8', '10.1.0.0/8'] },
        ['ipAllowlist.1', 'ipAllowlist.2'],
      ],
      ['a rate limit of 0', { rateLimit: { limit: 0, windowSeconds: 1 } }, ['rateLimit.limit']],
      [
        'a rate limit too large in every way',
        { rateLimit: { limit: 1_000_000_001, windowSeconds: 2_592_001 } },
        ['rateLimit.limit', 'rateLimit.windowSeconds'],
      ],
      ['100 KB of metadata', { metadata: { text: 'a'.repeat(100_000) } }, ['metadata']],
      ['metadata nested without end', { metadata: nested(5000) }, ['metadata']],
      ['metadata that is a list', { metadata: [] as unknown as Record<string, unknown> }, ['metadata']],
      ['a time in the past', { expiresAt: 1 }, ['expiresAt']],
      ['a time that is none', { expiresAt: Number.MAX_SAFE_INTEGER }, ['expiresAt']],
      [
        'several faults',
        { name: '', description: 'a\0', expiresAt: 1 },
        ['name', 'description', 'expiresAt'],
      ],
    ])('with the path of each fault: %s', async (_what, given, paths) => {
      const { ctx, organization } = await makeOrganization(services());
      const issues = await issuesOf(createApiKey(ctx, { name: 'A', ...given }));
      expect(issues.map((issue) => issue.path.join('.'))).toEqual(paths.map((path) => `input.${path}`));
      expect(await countActiveApiKeys(ctx.db, organization.id, 0)).toBe(0);
    });

    test('at the present millisecond as an expiry', async () => {
      const { ctx } = await makeOrganization(services());
      const issues = await issuesOf(createApiKey(ctx, { name: 'A', expiresAt: services().clock.now() }));
      expect(issues).toEqual([{ path: ['input', 'expiresAt'], message: 'must be in the future' }]);
    });

    test('where it isn’t said which organization, and there are several', async () => {
      const { ctx } = await makeOrganization(services());
      const operator = contextFor(ctx, operatorPrincipal(newId('op'), 'billing'));
      await expect(createApiKey(operator, { name: 'A' })).rejects.toThrow(ValidationError);
    });

    test('for roles and teams of another organization as for none', async () => {
      const [own, other] = [await makeOrganization(services()), await makeOrganization(services())];
      const foreignRole = await roleNamed(other.ctx, other.organization.id, 'member');
      const foreignTeam = (await createTeam(other.ctx, { name: 'Theirs' })).result;
      for (const roleId of [foreignRole.id, newId('role'), newId('team'), 'a\0b'])
        await expect(createApiKey(own.ctx, { name: 'A', roleId })).rejects.toThrow(
          expect.objectContaining({ name: 'NotFoundError', id: roleId }),
        );
      for (const teamId of [foreignTeam.id, newId('team'), newId('role'), 'a\0b'])
        await expect(createApiKey(own.ctx, { name: 'A', teamIds: [teamId] })).rejects.toThrow(
          expect.objectContaining({ name: 'NotFoundError', id: teamId }),
        );
    });

    test('in another organization, known or not', async () => {
      const [own, other] = [await makeOrganization(services()), await makeOrganization(services())];
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      for (const ctx of [own.ctx, operator]) {
        const organizationId = ctx === operator ? newId('org') : other.organization.id;
        const creation = createApiKey(ctx, { name: 'A', organizationId });
        await expect(creation).rejects.toThrow(new NotFoundError(organizationId, 'organization'));
      }
    });

    test('for who would grant what they do not hold', async () => {
      const { organization, ctx } = await makeOrganization(services());
      const role = await roleNamed(ctx, organization.id, 'admin');
      const some = contextFor(services(), memberOf(organization.id, ['api.key.*', 'a.*']));
      expect(
        (await createApiKey(some, { name: 'A', grants: ['a.b', 'a.b.*'] })).result.apiKey.grants,
      ).toEqual(['a.b', 'a.b.*']);
      await expect(createApiKey(some, { name: 'A', grants: ['a', 'b.*', '*'] })).rejects.toThrow(
        new EscalationError(['*', 'a', 'b.*']),
      );
      await expect(createApiKey(some, { name: 'A', roleId: role.id })).rejects.toThrow(EscalationError);
    });

    test('for who lacks api.key.create, or is nobody', async () => {
      const { organization } = await makeOrganization(services());
      const other = contextFor(services(), memberOf(organization.id, ['api.key.view', 'api.key.update']));
      await expect(createApiKey(other, { name: 'A' })).rejects.toThrow(new ForbiddenError('api.key.create'));
      const nobody = contextFor(services(), null);
      await expect(createApiKey(nobody, { name: 'A' })).rejects.toThrow(UnauthenticatedError);
    });

    test('outside the permission catalog, where the organization has one', async () => {
      const { ctx, organization } = await makeOrganization(services());
      const permission_catalog = JSON.stringify([{ name: 'prompt.render', description: null }]);
      await ctx.db
        .updateTable('organizations')
        .set({ permission_catalog })
        .where('id', '=', organization.id)
        .execute();
      const grants = ['prompt.render', 'prompt.*', 'api.key.view', '*'];
      expect((await createApiKey(ctx, { name: 'A', grants })).result.apiKey.grants).toEqual(grants);
      const issues = await issuesOf(createApiKey(ctx, { name: 'A', grants: [...grants, 'prompt.write'] }));
      expect(issues.map((issue) => issue.path)).toEqual([['input', 'grants', '4']]);
    });
  });

  describe('where active keys are limited', () => {
    async function limitedTo(limit: number) {
      const made = await makeOrganization(services());
      await services()
        .db.updateTable('organizations')
        .set({ max_active_api_keys: limit })
        .where('id', '=', made.organization.id)
        .execute();
      return made;
    }

    test('stops at the limit, and says how many there are', async () => {
      const { ctx } = await limitedTo(1);
      const expiresAt = services().clock.now() + 10;
      await createApiKey(ctx, { name: 'A', expiresAt });
      await expect(createApiKey(ctx, { name: 'B' })).rejects.toThrow(
        expect.objectContaining({ name: 'LimitExceededError', limit: 1, current: 1 }),
      );
      services().clock.advance(10);
      await createApiKey(ctx, { name: 'B' });
    });

    test('holds under 20 creations at once', async () => {
      const { ctx, organization } = await limitedTo(5);
      const names = Array.from({ length: 20 }, (_, index) => `Key ${index}`);
      const made = await Promise.allSettled(names.map((name) => createApiKey(ctx, { name })));
      const refused = made.filter((one) => one.status === 'rejected');
      expect(refused).toHaveLength(15);
      for (const { reason } of refused) expect(reason).toBeInstanceOf(LimitExceededError);
      expect(await countActiveApiKeys(ctx.db, organization.id, services().clock.now())).toBe(5);
      const log = await auditOf(ctx);
      expect(log.map((entry) => entry.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });
});

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 0; level < depth; level += 1) value = { v: value };
  return value;
}
