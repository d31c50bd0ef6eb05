import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor, keyCaller } from '../support/services.ts';
import { connectVerifier, makeVerifyingOrganization } from '../support/verifier-client.ts';

const PERMISSIONS = ['orders.read', 'orders.write', 'orders.*', 'invoices.read', '*'];
const ADDRESSES = ['192.0.2.1', '198.51.100.7', '2001:db8::1', '[2001:db8::1]:443', '192.0.2.1:4711'];
const NETWORKS = ['192.0.2.0/24', '2001:db8::/32'];

const subset = (values: readonly string[]) => fc.subarray([...values]);

const keyShape = fc.record({
  grants: subset(PERMISSIONS),
  environment: fc.constantFrom('live' as const, 'test' as const),
  ipAllowlist: subset(NETWORKS),
  teams: fc.subarray([0, 1]),
  expires: fc.constantFrom('never', 'later', 'soon'),
  fate: fc.constantFrom('untouched', 'disabled', 'revoked', 'edited'),
});

const requestShape = fc.record({
  permissions: subset(PERMISSIONS),
  anyPermissions: subset(PERMISSIONS),
  environment: fc.constantFrom('LIVE' as const, 'TEST' as const, null),
  ip: fc.constantFrom(...ADDRESSES, null),
  team: fc.constantFrom(0, 1, null),
  own: fc.boolean(),
});

onEachDatabase('the verdicts of a verifier', (engine) => {
  const server = serverOn(engine);
  const admin = () => contextFor(server().services, systemPrincipal('test'));

  it('are those of verifyApiKey, from the server and from memory, for keys and requests of all kinds', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const gateway = contextFor(server().services, keyCaller(organizationId, ['api.key.verify']));
    const teamIds = await Promise.all(
      ['a', 'b'].map(async (name) => (await createTeam(admin(), { organizationId, name })).result.id),
    );
    const { organizationId: foreign } = await makeVerifyingOrganization(server());
    await fc.assert(
      fc.asyncProperty(
        keyShape,
        fc.array(requestShape, { minLength: 1, maxLength: 6 }),
        async (shape, requests) => {
          const { grants, environment, ipAllowlist, teams, expires, fate } = shape;
          const lifeMs = { never: null, later: 3_600_000, soon: 1 }[expires];
          const { id, secret } = await makeApiKey(server(), organizationId, {
            ...{ grants, environment, ipAllowlist, teamIds: teams.map((index) => teamIds[index] ?? '') },
            expiresAt: lifeMs && server().clock.now() + lifeMs,
          });
          if (fate === 'edited') await verifier.verify(secret);
          if (fate === 'disabled') await updateApiKey(admin(), { id, enabled: false });
          if (fate === 'revoked') await revokeApiKey(admin(), { id });
          if (fate === 'edited')
            await updateApiKey(admin(), { id, grants: ['orders.read'], ipAllowlist: [] });
          if (expires === 'soon') server().clock.advance(1);
          for (const { team, own, environment: wanted, ...request } of [...requests, ...requests]) {
            const teamId = team === null ? null : (teamIds[team] ?? null);
            const requirements = { ...request, teamId, organizationId: own ? organizationId : null };
            const [here, there] = [
              await verifier.verify(secret, { ...requirements, environment: wanted }),
              await verifyApiKey(gateway, {
                ...{ key: secret, ...requirements },
                environment: wanted && (wanted === 'LIVE' ? 'live' : 'test'),
              }),
            ];
            expect([here.code, here.message, here.valid, here.apiKey?.id]).toEqual([
              there.code,
              there.message,
              there.valid,
              there.keyId ?? undefined,
            ]);
            if (here.valid)
              expect([here.apiKey?.permissions, here.apiKey?.teamIds, here.apiKey?.externalId]).toEqual([
                there.accepted?.permissions,
                there.accepted?.teamIds,
                there.accepted?.externalId,
              ]);
          }
          expect(await verifier.verify(secret, { organizationId: foreign })).toMatchObject({
            code: 'NOT_FOUND',
            apiKey: null,
          });
        },
      ),
      runs(40, { seed: 16 }),
    );
  });

  it.each([
    '',
    ' ',
    'short',
    'x'.repeat(600),
    'kw_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZab',
    'acme-0123456789abcdef0123456789abcdef',
    `${generateSecret('kw', 'live')}x`,
    'ключ-0123456789abcdef',
    'a key with spaces in it',
  ])('are those of verifyApiKey for %j', async (secret) => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const gateway = contextFor(server().services, keyCaller(organizationId, ['api.key.verify']));
    const { code, message } = await verifyApiKey(gateway, { key: secret });
    expect(await verifier.verify(secret)).toMatchObject({ valid: false, code, message, apiKey: null });
  });

  it('are those of verifyApiKey for a credential that is bound to teams', async () => {
    const { organizationId } = await makeVerifyingOrganization(server());
    const [inside = '', outside = ''] = await Promise.all(
      ['inside', 'outside'].map(
        async (name) => (await createTeam(admin(), { organizationId, name })).result.id,
      ),
    );
    const grants = ['api.key.verify'];
    const { secret: token } = await makeApiKey(server(), organizationId, { grants, teamIds: [inside] });
    const verifier = await connectVerifier(server().url, token);
    const gateway = contextFor(server().services, keyCaller(organizationId, grants, { teamIds: [inside] }));
    const codes = new Map<string, string>();
    for (const [title, teamIds] of Object.entries({
      both: [inside, outside],
      inside: [inside],
      outside: [outside],
      none: [],
    })) {
      const { secret } = await makeApiKey(server(), organizationId, { teamIds });
      for (const teamId of [null, inside, outside, ...[null, inside, outside]]) {
        const [here, there] = [
          await verifier.verify(secret, { teamId }),
          await verifyApiKey(gateway, { key: secret, teamId }),
        ];
        expect([here.code, here.message, here.apiKey?.id ?? null]).toEqual([
          there.code,
          there.message,
          there.keyId,
        ]);
        codes.set(
          `${title} ${teamId === null ? 'any' : teamId === inside ? 'inside' : 'outside'}`,
          here.code,
        );
      }
    }
    expect(Object.fromEntries(codes)).toMatchObject({
      'both inside': 'VALID',
      'both outside': 'TEAM_NOT_ALLOWED',
      'inside outside': 'TEAM_NOT_ALLOWED',
      'outside outside': 'NOT_FOUND',
      'none any': 'NOT_FOUND',
    });
  });

  it('reject requirements that are not valid', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const { secret } = await makeApiKey(server(), organizationId);
    for (const requirements of [
      { permissions: ['Not one'] },
      { permissions: 'orders.read' },
      { permissions: [1] },
      { anyPermissions: Array.from({ length: 101 }, (_, index) => `p${index}`) },
      { ip: 'localhost' },
      { ip: '127.1' },
      { teamId: 'team_x' },
      { teamId: organizationId },
      { organizationId: 'org_x' },
      { environment: 'live' },
    ])
      await expect(
        verifier.verify(secret, requirements as never),
        JSON.stringify(requirements),
      ).rejects.toBeInstanceOf(TypeError);
    await expect(verifier.verify(undefined as never)).rejects.toBeInstanceOf(TypeError);
  });

  it('don’t contain the secret or its hash', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const verifier = await connectVerifier(server().url, token);
    const { secret } = await makeApiKey(server(), organizationId);
    const verdict = await verifier.verify(secret);
    const { inspect } = await import('node:util');
    const text = JSON.stringify(verdict) + inspect(verdict, { depth: 9, showHidden: true });
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    expect(() => Object.assign(verdict.apiKey ?? {}, { id: 'another' })).toThrow(TypeError);
  });
});
