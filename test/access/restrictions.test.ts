import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, serverOn } from '../support/server.ts';
import { Place } from './world.ts';

const SECOND_MS = 1_000;
const MANAGES_KEYS = ['api.key.*', 'role.*', 'member.*'];
const LOOPBACK = ['127.0.0.1/32', '::1/128'];
const FIVE_A_MINUTE = { limit: 5, windowSeconds: 60 };

/** What a mutation was answered: its type, or the restrictions that it would exceed. */
const ESCALATION = '... on Error { ... on EscalationError { permissions restrictions } }';

onEachDatabase('the restrictions of an API key', (engine) => {
  const server = serverOn(engine);
  let place: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
  });

  async function attempt(token: string, field: string, input: Record<string, unknown>) {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const { data, errors } = await ask(
      server(),
      `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${ESCALATION} } }`,
      { token, variables: { input } },
    );
    const [error] = errors;
    if (error) return error.extensions.code;
    const { __typename: name, permissions, restrictions } = data[field];
    return name === 'EscalationError' ? [...permissions, ...restrictions] : name;
  }

  const soon = (seconds = 3_600) => server().clock.now() + seconds * SECOND_MS;
  const asText = (time: number) => new Date(time).toISOString();

  /** A key that manages keys, with every restriction that a key can have but teams. */
  function restricted(input: Parameters<Place['key']>[0] = {}) {
    return place.key({
      grants: MANAGES_KEYS,
      environment: 'test',
      expiresAt: soon(),
      ipAllowlist: LOOPBACK,
      rateLimit: FIVE_A_MINUTE,
      ...input,
    });
  }

  const ALIKE = { environment: 'TEST', ipAllowlist: LOOPBACK, rateLimit: FIVE_A_MINUTE };
  const ALL = ['ENVIRONMENT', 'EXPIRES_AT', 'IP_ALLOWLIST', 'RATE_LIMIT'];

  describe('bind the keys that it creates', () => {
    test('each by itself, and all together', async () => {
      const expiresAt = soon();
      const { secret } = await restricted({ expiresAt });
      const alike = { name: 'A', ...ALIKE, expiresAt: asText(expiresAt) };
      const create = (input: Record<string, unknown>) =>
        attempt(secret, 'createApiKey', { ...alike, ...input });
      expect(await create({})).toBe('CreateApiKeyPayload');
      expect(await create({ environment: 'LIVE' })).toEqual(['ENVIRONMENT']);
      for (const later of [null, asText(expiresAt + 1)])
        expect(await create({ expiresAt: later })).toEqual(['EXPIRES_AT']);
      for (const wider of [[], ['127.0.0.0/8'], [...LOOPBACK, '10.0.0.1/32'], ['::/0']])
        expect(await create({ ipAllowlist: wider })).toEqual(['IP_ALLOWLIST']);
      for (const looser of [
        null,
        { limit: 6, windowSeconds: 60 },
        { limit: 6, windowSeconds: 120 },
        { limit: 5, windowSeconds: 59 },
        { limit: 1, windowSeconds: 1 },
      ])
        expect(await create({ rateLimit: looser })).toEqual(['RATE_LIMIT']);
      expect(await attempt(secret, 'createApiKey', { name: 'A' })).toEqual(ALL);
    });

    test('which may be bound more tightly', async () => {
      const { secret } = await restricted({
        ipAllowlist: ['10.0.0.0/9', '10.128.0.0/9', '2001:db8::/32', '127.0.0.1', '::1'],
      });
      for (const tighter of [
        { ipAllowlist: ['10.0.0.0/8'] },
        { ipAllowlist: ['10.1.2.3', '2001:db8:1::/48', '::ffff:10.0.0.0/120'] },
        { rateLimit: { limit: 5, windowSeconds: 61 } },
        { rateLimit: { limit: 1, windowSeconds: 12 } },
        { expiresAt: asText(soon(1_800)) },
      ]) {
        const input = { name: 'A', ...ALIKE, expiresAt: asText(soon()), ...tighter };
        expect(await attempt(secret, 'createApiKey', input)).toBe('CreateApiKeyPayload');
      }
    });

    test('in both directions: a live key creates no test keys', async () => {
      const { secret } = await place.key({ grants: MANAGES_KEYS });
      const create = (environment: string) => attempt(secret, 'createApiKey', { name: 'A', environment });
      expect([await create('TEST'), await create('LIVE')]).toEqual([['ENVIRONMENT'], 'CreateApiKeyPayload']);
    });

    test('together with the permissions that it lacks', async () => {
      const { secret } = await restricted();
      const input = { name: 'A', grants: ['audit.view'], ...ALIKE, expiresAt: null };
      expect(await attempt(secret, 'createApiKey', input)).toEqual(['audit.view', 'EXPIRES_AT']);
    });
  });

  describe('bind what it does to other keys', () => {
    test('which it can’t loosen', async () => {
      const expiresAt = soon();
      const { secret } = await restricted({ expiresAt });
      const { id } = await restricted({ expiresAt, grants: [] });
      const update = (input: Record<string, unknown>) => attempt(secret, 'updateApiKey', { id, ...input });
      expect(await update({ name: 'B' })).toBe('UpdateApiKeyPayload');
      expect(await update({ expiresAt: null })).toEqual(['EXPIRES_AT']);
      expect(await update({ ipAllowlist: null })).toEqual(['IP_ALLOWLIST']);
      expect(await update({ rateLimit: { limit: 100, windowSeconds: 60 } })).toEqual(['RATE_LIMIT']);
      expect(await update({ expiresAt: null, ipAllowlist: [], rateLimit: null })).toEqual(ALL.slice(1));
    });

    test('which it can’t take over, nor tie down, where they are stronger', async () => {
      const { secret } = await restricted();
      const strong = await place.key();
      expect(await attempt(secret, 'rotateApiKey', { id: strong.id })).toEqual(ALL);
      expect(await attempt(secret, 'updateApiKey', { id: strong.id, name: 'B' })).toEqual(ALL);
      const tied = {
        id: strong.id,
        expiresAt: asText(soon(60)),
        ipAllowlist: LOOPBACK,
        rateLimit: FIVE_A_MINUTE,
      };
      expect(await attempt(secret, 'updateApiKey', tied)).toEqual(ALL);
    });

    test('but it rotates those that are no stronger, and revokes any', async () => {
      const expiresAt = soon();
      const { secret } = await restricted({ expiresAt });
      const weak = await restricted({ expiresAt, grants: [] });
      expect(await attempt(secret, 'rotateApiKey', { id: weak.id })).toBe('RotateApiKeyPayload');
      const { id } = await place.key();
      expect(await attempt(secret, 'revokeApiKey', { id })).toBe('RevokeApiKeyPayload');
    });
  });

  test('keep it from updating itself, whatever the change, but not from rotating itself', async () => {
    for (const key of [await restricted(), await place.key({ grants: ['*'] })]) {
      const { id, secret } = key;
      for (const change of [
        { expiresAt: null },
        { ipAllowlist: null },
        { rateLimit: null },
        { name: 'B' },
        { grants: [] },
        {},
      ])
        expect(await attempt(secret, 'updateApiKey', { id, ...change })).toEqual(['SELF']);
      expect(await attempt(secret, 'rotateApiKey', { id })).toBe('RotateApiKeyPayload');
    }
  });

  test('include that of a secret that is being replaced', async () => {
    const { id, secret } = await place.key({ grants: MANAGES_KEYS });
    expect(await attempt(secret, 'rotateApiKey', { id, overlapSeconds: 60 })).toBe('RotateApiKeyPayload');
    expect(await attempt(secret, 'createApiKey', { name: 'A' })).toEqual(['EXPIRES_AT']);
    const expiresAt = asText(soon(60));
    expect(await attempt(secret, 'createApiKey', { name: 'A', expiresAt })).toBe('CreateApiKeyPayload');
  });

  test('count as they are when the change is made', async () => {
    const { id, secret } = await place.key({ grants: MANAGES_KEYS });
    expect(await attempt(secret, 'createApiKey', { name: 'A' })).toBe('CreateApiKeyPayload');
    await updateApiKey(place.ctx, { id, rateLimit: FIVE_A_MINUTE, ipAllowlist: LOOPBACK });
    expect(await attempt(secret, 'createApiKey', { name: 'A' })).toEqual(['IP_ALLOWLIST', 'RATE_LIMIT']);
  });

  describe('bind what it does to people', () => {
    test('who have no restrictions: it neither invites nor changes them', async () => {
      const { secret } = await restricted();
      const roleId = await place.role([]);
      const email = () => `${newId('user')}@example.com`;
      expect(await attempt(secret, 'inviteMember', { email: email(), roleId })).toEqual(ALL);
      const { membershipId: id } = await place.join([]);
      expect(await attempt(secret, 'updateMember', { id, roleId })).toEqual(ALL);
      for (const [input, restriction] of [
        [{ environment: 'test' }, 'ENVIRONMENT'],
        [{ expiresAt: soon() }, 'EXPIRES_AT'],
        [{ ipAllowlist: LOOPBACK }, 'IP_ALLOWLIST'],
        [{ rateLimit: FIVE_A_MINUTE }, 'RATE_LIMIT'],
      ] as const) {
        const one = await place.key({ grants: MANAGES_KEYS, ...input });
        expect(await attempt(one.secret, 'inviteMember', { email: email(), roleId })).toEqual([restriction]);
      }
      const free = await place.key({ grants: MANAGES_KEYS });
      expect(await attempt(free.secret, 'inviteMember', { email: email(), roleId })).toBe(
        'InviteMemberPayload',
      );
    });

    test('but it removes them', async () => {
      const { secret } = await restricted();
      const { membershipId: id } = await place.join([]);
      expect(await attempt(secret, 'removeMember', { id })).toBe('RemoveMemberPayload');
    });
  });

  describe('bind what it does to roles', () => {
    const become = (secret: string, id: string, permissions: string[]) =>
      attempt(secret, 'updateRole', { id, permissions });

    test('that stronger keys have', async () => {
      const expiresAt = soon();
      const { secret } = await restricted({ expiresAt });
      for (const [input, expected] of [
        [{}, ALL],
        [{ environment: 'test', expiresAt, ipAllowlist: LOOPBACK }, ['RATE_LIMIT']],
        [{ environment: 'test', expiresAt, rateLimit: FIVE_A_MINUTE }, ['IP_ALLOWLIST']],
        [{ environment: 'test', ipAllowlist: LOOPBACK, rateLimit: FIVE_A_MINUTE }, ['EXPIRES_AT']],
        [
          { environment: 'test', expiresAt, ipAllowlist: LOOPBACK, rateLimit: FIVE_A_MINUTE },
          'UpdateRolePayload',
        ],
      ] as const) {
        const roleId = await place.role([]);
        await place.key({ roleId, ...input });
        expect(await become(secret, roleId, ['api.key.view'])).toEqual(expected);
      }
    });

    test('that people have, invited or joined', async () => {
      const { secret } = await restricted();
      const { roleId } = await place.join([]);
      expect(await become(secret, roleId, ['api.key.view'])).toEqual(ALL);
    });

    test('but not those that nobody has, or only keys that are revoked', async () => {
      const { secret } = await restricted();
      const roleId = await place.role([]);
      expect(await become(secret, roleId, ['api.key.view'])).toBe('UpdateRolePayload');
      const { id } = await place.key({ roleId });
      expect(await attempt(secret, 'revokeApiKey', { id })).toBe('RevokeApiKeyPayload');
      expect(await become(secret, roleId, [])).toBe('UpdateRolePayload');
    });
  });
});
