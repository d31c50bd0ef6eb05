import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { operatorPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { AppError, ForbiddenError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { createKeyLookup } from '../../src/verification-host/key-lookup.ts';
import { type VerifyApiKeyInput, verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { auditOf } from '../support/audit.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';

onEachDatabase('verifying a key', (engine) => {
  const services = servicesOn(engine);

  async function made(given: Partial<Parameters<typeof createApiKey>[1]> = {}) {
    const organization = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(organization.ctx, { name: 'Key', ...given })).result;
    const verify = (asked: Partial<VerifyApiKeyInput> = {}) =>
      verifyApiKey(organization.ctx, { key: secret, ...asked });
    const code = async (asked: Partial<VerifyApiKeyInput> = {}) => (await verify(asked)).code;
    return { ...organization, id: apiKey.id, apiKey, secret, verify, code };
  }

  async function teamOf(ctx: GraphQLContext, name: string): Promise<string> {
    return (await createTeam(ctx, { name })).result.id;
  }

  test('accepts it, and tells which it is', async () => {
    const { ctx, verify, id, secret } = await made();
    const verification = await verify();
    expect(verification).toMatchObject({
      valid: true,
      code: 'VALID',
      keyId: id,
      remaining: null,
      resetAt: null,
    });
    const lastUse = { lastUsedAt: services().clock.now(), lastUsedIp: null };
    expect(await findApiKey(ctx, id)).toMatchObject(lastUse);
    expect(JSON.stringify(verification)).not.toContain(secret.slice(16));
  });

  test('writes nothing, and never selects a hash', async () => {
    const { secret, ctx } = await made({ teamIds: [] });
    services().statements.length = 0;
    await verifyApiKey(ctx, { key: secret, permissions: [] });
    for (const statement of services().statements) {
      expect(statement).toMatch(/^select /);
      expect(statement.split(' from ')[0]).not.toContain('hash');
    }
  });

  test('leaves nothing in the audit log', async () => {
    const { ctx, verify } = await made();
    const before = await auditOf(ctx);
    await verify();
    expect(await auditOf(ctx)).toEqual(before);
  });

  test.each([
    ['an empty text', ''],
    ['a word', 'hello'],
    ['a wrong checksum', 'kw_live_0123456789ABCDEFGHIJKLMNOPQRSTUV0tyZ63'],
    ['NUL', 'kw_live_0123456789ABCDEFGHIJKLMNOPQRSTUV0tyZ6\0'],
    ['a session token', `sess_${'a'.repeat(43)}`],
    ['much text', 'a'.repeat(100_000)],
  ])('refuses %s as MALFORMED without asking the database', async (_what, key) => {
    const { ctx, organization } = await made();
    services().statements.length = 0;
    expect(await verifyApiKey(ctx, { key })).toMatchObject({
      valid: false,
      code: 'MALFORMED',
      keyId: null,
    });
    expect(services().statements).toEqual([]);
    expect(services().events.at(-1)).toEqual({
      type: 'denial',
      organizationId: organization.id,
      keyId: null,
      code: 'MALFORMED',
      at: services().clock.now(),
      ip: null,
    });
  });

  test('does not know a key that nobody made, or that is another organization’s', async () => {
    const { ctx } = await made();
    const foreign = await made();
    for (const key of [generateSecret('kw', 'live'), foreign.secret]) {
      expect(await verifyApiKey(ctx, { key })).toMatchObject({ code: 'NOT_FOUND', keyId: null });
      expect(services().events.at(-1)).toMatchObject({ type: 'denial', keyId: null });
    }
  });

  test('knows the keys of every organization for an operator, of one for a key', async () => {
    const [one, other] = [await made(), await made()];
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'gateway'));
    for (const { secret, id } of [one, other])
      expect(await verifyApiKey(operator, { key: secret })).toMatchObject({ valid: true, keyId: id });
    const byKey = contextFor(services(), keyCaller(one.organization.id, ['api.key.verify']));
    expect((await verifyApiKey(byKey, { key: one.secret })).code).toBe('VALID');
    expect((await verifyApiKey(byKey, { key: other.secret })).code).toBe('NOT_FOUND');
  });

  test('does not know the keys of an organization in which the caller lacks api.key.verify', async () => {
    const [one, other] = [await made(), await made()];
    const permissions = new Map([
      [one.organization.id, ['api.key.verify']],
      [other.organization.id, ['api.key.view']],
    ]);
    const ctx = contextFor(services(), userPrincipal(newId('user'), newId('ses'), permissions));
    expect((await verifyApiKey(ctx, { key: one.secret })).code).toBe('VALID');
    expect((await verifyApiKey(ctx, { key: other.secret })).code).toBe('NOT_FOUND');
  });

  test('is refused to who lacks api.key.verify everywhere, and to nobody', async () => {
    const { organization, secret } = await made();
    const viewer = contextFor(services(), memberOf(organization.id, ['api.key.view']));
    await expect(verifyApiKey(viewer, { key: secret })).rejects.toThrow(new ForbiddenError('api.key.verify'));
    await expect(verifyApiKey(contextFor(services(), null), { key: secret })).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  test('refuses a revoked and a disabled key, and accepts one that is enabled again', async () => {
    const { ctx, id, code } = await made();
    await updateApiKey(ctx, { id, enabled: false });
    expect(await code()).toBe('DISABLED');
    await updateApiKey(ctx, { id, enabled: true });
    expect(await code()).toBe('VALID');
    await revokeApiKey(ctx, { id });
    expect(await code()).toBe('REVOKED');
  });

  test('refuses it from the very millisecond in which it expires', async () => {
    const { code } = await made({ expiresAt: services().clock.now() + 1000 });
    services().clock.advance(999);
    expect(await code()).toBe('VALID');
    services().clock.advance(1);
    expect(await code()).toBe('EXPIRED');
  });

  test.each([
    ['10.0.0.0/8', '10.255.0.1', 'VALID'],
    ['10.0.0.0/8', '11.0.0.1', 'IP_NOT_ALLOWED'],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 'VALID'],
    ['10.0.0.0/8', '::ffff:11.0.0.1', 'IP_NOT_ALLOWED'],
    ['10.0.0.0/8', '2001:db8::1', 'IP_NOT_ALLOWED'],
    ['::ffff:10.0.0.1', '10.0.0.1', 'VALID'],
    ['2001:db8::/32', '2001:DB8:0::1', 'VALID'],
    ['2001:db8::/32', '2001:db9::1', 'IP_NOT_ALLOWED'],
    ['::/0', '10.0.0.1', 'IP_NOT_ALLOWED'],
    ['10.0.0.0/8', undefined, 'IP_NOT_ALLOWED'],
  ])('with the allowlist %s answers %s with %s', async (network, ip, expected) => {
    const { code } = await made({ ipAllowlist: ['192.0.2.0/24', network] });
    expect(await code({ ip })).toBe(expected);
  });

  test('asks for the team only where it is named, and the key bound', async () => {
    const { ctx, id, code } = await made();
    const [one, other] = [await teamOf(ctx, 'One'), await teamOf(ctx, 'Other')];
    expect(await code({ teamId: one })).toBe('VALID');
    await updateApiKey(ctx, { id, teamIds: [one] });
    expect([await code(), await code({ teamId: one }), await code({ teamId: other })]).toEqual([
      'VALID',
      'VALID',
      'TEAM_NOT_ALLOWED',
    ]);
    await updateApiKey(ctx, { id, teamIds: [one, other] });
    expect(await code({ teamId: other })).toBe('VALID');
  });

  test('asks for the environment only where it is named', async () => {
    const { code } = await made({ environment: 'test' });
    expect([await code(), await code({ environment: 'test' }), await code({ environment: 'live' })]).toEqual([
      'VALID',
      'VALID',
      'WRONG_ENVIRONMENT',
    ]);
  });

  test('asks for every permission, of the role and the grants together', async () => {
    const { ctx, id, verify, code, organization } = await made({ grants: ['prompt.*'] });
    expect(await code({ permissions: ['prompt.render', 'prompt.read.all'] })).toBe('VALID');
    const refusal = await verify({ permissions: ['prompt.render', 'api.key.view', 'team.view'] });
    expect(refusal).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      message: expect.stringContaining('api.key.view, team.view'),
    });
    const roleId = (await roleNamed(ctx, organization.id, 'member')).id;
    await updateApiKey(ctx, { id, roleId });
    expect(await code({ permissions: ['prompt.render', 'api.key.view', 'team.view'] })).toBe('VALID');
  });

  test('asks for one of the alternative permissions, in addition to all of the others', async () => {
    const { verify, code, ctx, id, organization } = await made({ grants: ['prompt.*'] });
    for (const anyPermissions of [[], null, undefined, ['prompt.render'], ['x', 'prompt.*', 'x']])
      expect(await code({ anyPermissions, permissions: ['prompt.read'] })).toBe('VALID');
    for (const anyPermissions of [['x'], ['x', 'team.view'], ['*'], ['prompt']]) {
      const denial = await verify({ anyPermissions });
      expect(denial).toMatchObject({ valid: false, code: 'INSUFFICIENT_PERMISSIONS', keyId: id });
      expect(denial.message).toContain(anyPermissions.join(', '));
      expect(denial.message).not.toContain('prompt.*');
    }
    expect(services().events.at(-1)).toMatchObject({ type: 'denial', code: 'INSUFFICIENT_PERMISSIONS' });
    expect(await code({ permissions: ['x'], anyPermissions: ['prompt.a'] })).toBe('INSUFFICIENT_PERMISSIONS');
    const roleId = (await roleNamed(ctx, organization.id, 'member')).id;
    await updateApiKey(ctx, { id, roleId });
    expect(await code({ anyPermissions: ['x', 'team.view'] })).toBe('VALID');
  });

  test('counts against the rate limit only what it accepts, exactly, also at once', async () => {
    const { code, verify, id, ctx } = await made({ rateLimit: { limit: 5, windowSeconds: 60 } });
    expect(await verify({ permissions: ['nothing.held'] })).toMatchObject({ remaining: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify()));
    const accepted = answers.filter((answer) => answer.valid);
    expect(accepted.map((answer) => answer.remaining).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(answers.filter((answer) => answer.code === 'RATE_LIMITED')).toHaveLength(15);
    for (const { resetAt } of answers) {
      expect(resetAt).toBeGreaterThan(services().clock.now());
      expect(resetAt).toBeLessThanOrEqual(services().clock.now() + 60_000);
    }
    // A check that fails comes before the limit.
    expect(await code({ permissions: ['nothing.held'] })).toBe('INSUFFICIENT_PERMISSIONS');
    await updateApiKey(ctx, { id, rateLimit: null });
    expect(await verify()).toMatchObject({ code: 'VALID', remaining: null, resetAt: null });
  });

  test('names the first that applies, in the documented order', async () => {
    const { ctx, id, verify, secret } = await made({
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 1, windowSeconds: 60 },
      expiresAt: services().clock.now() + 1000,
    });
    const [own, other] = [await teamOf(ctx, 'Own'), await teamOf(ctx, 'Other')];
    await updateApiKey(ctx, { id, teamIds: [own] });
    await verify({ ip: '10.0.0.1' });

    // Everything is wrong; one thing after the other is put right.
    const wrong = { ip: '192.0.2.1', teamId: other, environment: 'test', permissions: ['a'] } as const;
    const asked: Partial<VerifyApiKeyInput>[] = [
      wrong,
      { ...wrong, ip: '10.0.0.1' },
      { ...wrong, ip: '10.0.0.1', teamId: own },
      { ...wrong, ip: '10.0.0.1', teamId: own, environment: 'live' },
      { ...wrong, ip: '10.0.0.1', teamId: own, environment: 'live', permissions: [] },
    ];
    const codes = [];
    for (const one of asked) codes.push((await verify(one)).code);
    expect(codes).toEqual([
      'IP_NOT_ALLOWED',
      'TEAM_NOT_ALLOWED',
      'WRONG_ENVIRONMENT',
      'INSUFFICIENT_PERMISSIONS',
      'RATE_LIMITED',
    ]);
    services().clock.advance(1000);
    expect((await verify(wrong)).code).toBe('EXPIRED');
    await updateApiKey(ctx, { id, enabled: false });
    expect((await verify(wrong)).code).toBe('DISABLED');
    await revokeApiKey(ctx, { id });
    const last = await verify(wrong);
    expect(last).toMatchObject({ valid: false, code: 'REVOKED', keyId: id });
    expect(last.message).not.toContain(secret.slice(0, 12));
  });

  test('notes each use with the secret, each denial with its reason', async () => {
    const { ctx, id, organization, secret } = await made();
    const { retiring, secret: newer } = (await rotateApiKey(ctx, { id })).result;
    await verifyApiKey(ctx, { key: secret, ip: '::ffff:192.0.2.7' });
    const at = services().clock.now();
    const organizationId = organization.id;
    expect(services().events.at(-1)).toEqual({
      type: 'use',
      organizationId,
      keyId: id,
      secretId: retiring.id,
      at,
      ip: '192.0.2.7',
    });
    await verifyApiKey(ctx, { key: newer, permissions: ['a'], ip: '2001:DB8::1' });
    expect(services().events.at(-1)).toEqual({
      type: 'denial',
      organizationId,
      keyId: id,
      code: 'INSUFFICIENT_PERMISSIONS',
      at,
      ip: '2001:db8::1',
    });
  });

  test.each<[string, Partial<VerifyApiKeyInput>]>([
    ['a malformed permission', { permissions: ['a', 'B C'] }],
    ['101 permissions', { permissions: Array.from({ length: 101 }, (_, index) => `a${index}`) }],
    ['a malformed alternative permission', { anyPermissions: ['a', 'B C'] }],
    ['a long alternative permission', { anyPermissions: ['a'.repeat(101)] }],
    ['101 alternative permissions', { anyPermissions: Array.from({ length: 101 }, () => 'a') }],
    ['something that is no address', { ip: '192.0.2.300' }],
    ['an empty address', { ip: '' }],
    ['an id that is no team’s', { teamId: newId('role') }],
  ])('refuses to decide with %s', async (_what, asked) => {
    const { verify } = await made();
    await expect(verify(asked)).rejects.toThrow(
      expect.objectContaining({ name: AppError.name, code: 'BAD_USER_INPUT' }),
    );
  });

  describe('where the database fails', () => {
    test('rejects, and never accepts', async () => {
      const { ctx, secret } = await made();
      const { url, drop } = await createTestDatabaseUrl(engine);
      const database = await openDatabase(url);
      const keys = createKeyLookup(database, ctx);
      await database.close();
      await expect(verifyApiKey({ ...ctx, keys }, { key: secret })).rejects.toThrow();
      keys.stop();
      await drop();
    });
  });
});
