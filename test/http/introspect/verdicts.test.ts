import { describe, expect, onTestFinished, test } from 'vitest';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { newId } from '../../../src/core/ids.ts';
import type { createApiKey } from '../../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { generateSecret } from '../../../src/keys/secret.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { createRole } from '../../../src/roles/create-role.ts';
import { createTeam } from '../../../src/teams/create-team.ts';
import { onEachDatabase } from '../../support/databases.ts';
import {
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
  type TestServer,
} from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';
import { bearer, introspect } from './introspect.ts';

const INACTIVE = '{"active":false}';

onEachDatabase('/introspect', (engine) => {
  const server = serverOn(engine);

  /** An organization with a key and a gateway that has `api.key.verify`. */
  async function organization(
    input: Partial<Parameters<typeof createApiKey>[1]> = {},
    on: TestServer = server(),
  ) {
    const member = await makeMember(on);
    const ctx = contextFor(on.services, systemPrincipal('test'));
    const gateway = await makeApiKey(on, member.organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(on, member.organizationId, input);
    const check = (token: string, query = '', form: Record<string, string> = {}) =>
      introspect(on, { headers: [bearer(gateway.secret)], query, form: { token, ...form } });
    return { ...member, ctx, gateway, ...key, check };
  }

  async function team(ctx: ReturnType<typeof contextFor>, organizationId: string) {
    return (await createTeam(ctx, { organizationId, name: newId('team') })).result.id;
  }

  test('describes an active key', async () => {
    const before = Date.now();
    const { secret, id, organizationId, check } = await organization();
    const { status, headers, body } = await check(secret);
    const { iat, ...rest } = body;
    expect([status, rest]).toEqual([
      200,
      {
        active: true,
        token_type: 'Bearer',
        client_id: id,
        sub: id,
        organization_id: organizationId,
        environment: 'live',
        role: null,
        teams: [],
        external_id: null,
      },
    ]);
    // The time in the ID of the secret, by the system's clock.
    expect(Number.isInteger(iat)).toBe(true);
    expect(iat).toBeGreaterThanOrEqual(Math.floor(before / 1000));
    expect(iat).toBeLessThanOrEqual(Date.now() / 1000);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });

  test('describes role, permissions, teams, external ID and expiry', async () => {
    const { organizationId, ctx, check } = await organization();
    const roleId = (await createRole(ctx, { organizationId, name: 'Lead "é"', permissions: ['of.role'] }))
      .result.id;
    const teamIds = [await team(ctx, organizationId), await team(ctx, organizationId)];
    const expiresAt = server().clock.now() + 90_500;
    const externalId = 'a, b: "é"';
    const { secret } = await makeApiKey(server(), organizationId, {
      ...{ roleId, teamIds, expiresAt, externalId, grants: ['prompt.*'], environment: 'test' },
    });
    const { body } = await check(secret);
    expect(body).toMatchObject({
      active: true,
      scope: 'of.role prompt.*',
      exp: Math.floor(expiresAt / 1000),
      environment: 'test',
      role: 'Lead "é"',
      teams: [...teamIds].sort(),
      external_id: externalId,
    });
  });

  describe('answers nothing but active: false for', () => {
    test('tokens that are no API keys of this service', async () => {
      const { sessionToken, check } = await organization();
      const operator = await makeOperatorToken(server(), `operator-${newId('key')}`);
      const tokens = ['x', generateSecret('kw', 'live'), sessionToken, operator, '\u0000', 'ÿ', '%', 'a b'];
      for (const token of tokens) {
        const { status, text } = await check(token);
        expect([token, status, text]).toEqual([token, 200, INACTIVE]);
      }
    });

    test('revoked, disabled and expired keys, and replaced secrets', async () => {
      const { secret, id, ctx, organizationId, check } = await organization();
      expect((await check(secret)).body.active).toBe(true);
      const { result } = await rotateApiKey(ctx, { id, overlapSeconds: 0 });
      expect((await check(secret)).text).toBe(INACTIVE);
      expect((await check(result.secret)).body.active).toBe(true);
      await updateApiKey(ctx, { id, enabled: false });
      expect((await check(result.secret)).text).toBe(INACTIVE);
      await updateApiKey(ctx, { id, enabled: true });
      await revokeApiKey(ctx, { id });
      expect((await check(result.secret)).text).toBe(INACTIVE);
      const expiresAt = server().clock.now() + 60_000;
      const expiring = await makeApiKey(server(), organizationId, { expiresAt });
      expect((await check(expiring.secret)).body.active).toBe(true);
      server().clock.advance(60_000);
      expect((await check(expiring.secret)).text).toBe(INACTIVE);
    });

    test('keys that don’t meet the requirements in the URL', async () => {
      const { secret, ctx, id, organizationId, check } = await organization({ grants: ['a.b'] });
      const [own, foreign] = [await team(ctx, organizationId), await team(ctx, organizationId)];
      await updateApiKey(ctx, { id, teamIds: [own] });
      const active = async (query: string) => {
        const { text, body } = await check(secret, query);
        return body.active || text;
      };
      for (const [query, result] of [
        ['?permission=a.b', true],
        ['?permission=a.b&permission=a.c', INACTIVE],
        ['?any_permission=a.c&any_permission=a.b', true],
        ['?any_permission=a.c', INACTIVE],
        [`?team=${own}`, true],
        [`?team=${foreign}`, INACTIVE],
        ['?environment=live', true],
        ['?environment=test', INACTIVE],
        [`?organization=${organizationId}`, true],
        [`?organization=${newId('org')}`, INACTIVE],
      ] as const)
        expect([query, await active(query)]).toEqual([query, result]);
    });

    test('a key beyond its rate limit, exactly', async () => {
      const { secret, check } = await organization({ rateLimit: { limit: 3, windowSeconds: 60 } });
      const answers = await Promise.all(Array.from({ length: 8 }, () => check(secret)));
      expect(answers.filter(({ body }) => body.active)).toHaveLength(3);
      expect(answers.filter(({ text }) => text === INACTIVE)).toHaveLength(5);
      server().clock.advance(60_000);
      expect((await check(secret)).body.active).toBe(true);
    });

    test('a key with an allowlist, unless the form contains an address in it', async () => {
      // Includes the address of the gateway, which is not the client's.
      const { secret, check } = await organization({ ipAllowlist: ['127.0.0.1', '198.51.100.7'] });
      expect((await check(secret)).text).toBe(INACTIVE);
      expect((await check(secret, '', { ip: '' })).text).toBe(INACTIVE);
      expect((await check(secret, '', { ip: '203.0.113.1' })).text).toBe(INACTIVE);
      expect((await check(secret, '', { ip: '198.51.100.7' })).body.active).toBe(true);
      expect((await check(secret, '', { ip: '[::ffff:198.51.100.7]:443' })).body.active).toBe(true);
      for (const ip of ['unknown', '127.0.0.1, 198.51.100.7', '198.51.100.7\r\nX: y']) {
        const { status, body } = await check(secret, '', { ip });
        expect([ip, status, body.error]).toEqual([ip, 400, 'invalid_request']);
      }
    });

    test('keys of another organization, and outside the teams of the caller', async () => {
      const one = await organization();
      const other = await organization();
      expect((await one.check(other.secret)).text).toBe(INACTIVE);
      expect((await one.check(other.secret, `?organization=${other.organizationId}`)).text).toBe(INACTIVE);
      const [own, foreign] = [
        await team(one.ctx, one.organizationId),
        await team(one.ctx, one.organizationId),
      ];
      const bound = await makeApiKey(server(), one.organizationId, {
        ...{ grants: ['api.key.verify'], teamIds: [own] },
      });
      const [shared, hidden] = [
        await makeApiKey(server(), one.organizationId, { teamIds: [own, foreign] }),
        await makeApiKey(server(), one.organizationId, { teamIds: [foreign] }),
      ];
      const headers = [bearer(bound.secret)];
      const byBound = (token: string) => introspect(server(), { headers, form: { token } });
      expect((await byBound(shared.secret)).body.active).toBe(true);
      expect((await byBound(hidden.secret)).text).toBe(INACTIVE);
      const operator = await makeOperatorToken(server(), `operator-${newId('key')}`);
      const byOperator = (query: string) =>
        introspect(server(), { headers: [bearer(operator)], query, form: { token: other.secret } });
      expect((await byOperator('')).body.active).toBe(true);
      expect((await byOperator(`?organization=${other.organizationId}`)).body.active).toBe(true);
      expect((await byOperator(`?organization=${one.organizationId}`)).text).toBe(INACTIVE);
    });
  });

  test('gives every inactive answer the same headers', async () => {
    const { secret, id, ctx, check } = await organization({ rateLimit: { limit: 1, windowSeconds: 60 } });
    const names = async (token: string) => {
      const { status, headers } = await check(token);
      return [status, Object.keys(headers).sort()];
    };
    await check(secret);
    const [limited, unknown] = [await names(secret), await names('x')];
    expect(limited).toEqual(unknown);
    await revokeApiKey(ctx, { id });
    expect(await names(secret)).toEqual(unknown);
  });

  test('counts each answer as one use or denial of the key, from no address', async () => {
    const { secret, id, organizationId, check } = await organization();
    const events: Record<string, unknown>[] = [];
    const stop = server().services.bus.subscribe((event) => {
      if ('keyId' in event && (event.keyId === id || event.keyId === null)) events.push({ ...event });
    });
    await check(secret);
    await check(secret, '?permission=a.b', { ip: '198.51.100.7' });
    await check(generateSecret('kw', 'live'), `?organization=${organizationId}`);
    stop();
    expect(events).toMatchObject([
      { type: 'use', organizationId, keyId: id, ip: null },
      { type: 'denial', code: 'INSUFFICIENT_PERMISSIONS', keyId: id, ip: '198.51.100.7' },
      { type: 'denial', code: 'NOT_FOUND', keyId: null, organizationId },
    ]);
  });

  test('accepts keys after any number of failures, which it counts like verifyApiKey', async () => {
    const own = await startTestServer(engine, { config: { verifyFailuresPerMinute: 1 } });
    onTestFinished(() => own.close());
    const { secret, check, gateway } = await organization({}, own);
    const counted: boolean[] = [];
    const { failures } = own.services;
    const countFor = failures.countFor.bind(failures);
    failures.countFor = (caller, ip) => {
      const state = countFor(caller, ip);
      expect([caller.actor, ip]).toEqual([gateway.id, '198.51.100.7']);
      counted.push(state.allowed);
      return state;
    };
    for (let time = 0; time < 3; time += 1)
      expect((await check('x', '', { ip: '198.51.100.7' })).text).toBe(INACTIVE);
    expect(counted).toEqual([true, false, false]);
    expect((await check(secret, '', { ip: '198.51.100.7' })).body.active).toBe(true);
  });
});
