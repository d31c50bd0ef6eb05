import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { MANAGER } from '../access/matrix.ts';
import { Place } from '../access/world.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, serverOn } from '../support/server.ts';

const HOUR_SECONDS = 3_600;
onEachDatabase('a secret that is being replaced', (engine) => {
  const server = serverOn(engine);
  let place: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
  });

  async function attempt(token: string, field: string, input: Record<string, unknown>) {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const more = field === 'rotateApiKey' ? '... on RotateApiKeyPayload { secret }' : '';
    const error = field.startsWith('revoke') ? '' : '... on EscalationError { message restrictions }';
    const selection = `__typename ${more} ${error}`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
    const { data, errors } = await ask(server(), document, { token, variables: { input } });
    const [thrown] = errors;
    return thrown ? { __typename: thrown.extensions.code, message: thrown.message } : data[field];
  }

  const inSeconds = (seconds: number) => new Date(server().clock.now() + seconds * 1_000).toISOString();

  /** A key of which one secret was replaced by another, with the secrets' ids. */
  async function rotated(grants: readonly string[] = ['api.key.*'], overlapSeconds = HOUR_SECONDS) {
    const { id, secret: old } = await place.key({ grants });
    const { secret } = await attempt(old, 'rotateApiKey', { id, overlapSeconds });
    expect(secret).toBeTypeOf('string');
    const rows = await server()
      .services.db.selectFrom('api_key_secrets')
      .select(['id', 'replaced_at'])
      .where('api_key_id', '=', id)
      .execute();
    const idOf = (isOld: boolean) => rows.find(({ replaced_at }) => (replaced_at !== null) === isOld)?.id;
    return { id, old, secret: secret as string, oldId: idOf(true), newId: idOf(false) };
  }

  test('can’t rotate its own key: who has it must not get the next one', async () => {
    const { id, old, secret } = await rotated();
    for (const overlapSeconds of [0, 60, HOUR_SECONDS]) {
      const denied = await attempt(old, 'rotateApiKey', { id, overlapSeconds });
      expect(denied).toMatchObject({ __typename: 'EscalationError', restrictions: ['SELF'] });
      expect(denied.message).toContain('being replaced');
    }
    expect(await attempt(secret, 'rotateApiKey', { id })).toMatchObject({
      __typename: 'RotateApiKeyPayload',
    });
  });

  test('nor where it ends with the key, and not before', async () => {
    const { id, secret: old } = await place.key({
      grants: ['api.key.*'],
      expiresAt: server().clock.now() + 60_000,
    });
    const { secret } = await attempt(old, 'rotateApiKey', { id, overlapSeconds: HOUR_SECONDS });
    const denied = await attempt(old, 'rotateApiKey', { id, overlapSeconds: 0 });
    expect(denied).toMatchObject({ __typename: 'EscalationError', restrictions: ['SELF'] });
    expect(await attempt(secret, 'rotateApiKey', { id })).toMatchObject({
      __typename: 'RotateApiKeyPayload',
    });
  });

  test('nor one that was replaced before the last', async () => {
    const { id, old, secret } = await rotated();
    const next = await attempt(secret, 'rotateApiKey', { id });
    for (const one of [old, secret])
      expect(await attempt(one, 'rotateApiKey', { id })).toMatchObject({ restrictions: ['SELF'] });
    expect(await attempt(next.secret, 'rotateApiKey', { id })).toMatchObject({
      __typename: 'RotateApiKeyPayload',
    });
  });

  test('nor in the moment in which it is replaced: of several rotations at once by it, one succeeds', async () => {
    const { id, secret } = await place.key({ grants: ['api.key.*'] });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => attempt(secret, 'rotateApiKey', { id })),
    );
    const types = answers.map(({ __typename }) => __typename).sort();
    expect(types).toEqual([...Array(7).fill('EscalationError'), 'RotateApiKeyPayload']);
  });

  test('can’t have it revoked by a key that it creates', async () => {
    const { old, secret, oldId, newId: replacing } = await rotated();
    const input = { name: 'Child', grants: ['api.key.update'], expiresAt: inSeconds(60) };
    const create = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret } } }`;
    const child = (await ask(server(), create, { token: old, variables: { input } })).data.createApiKey
      .secret;
    for (const token of [child, (await place.key({ grants: ['api.key.update'] })).secret]) {
      const denied = await attempt(token, 'revokeApiKeySecret', { id: replacing });
      expect(denied).toMatchObject({ __typename: 'FORBIDDEN' });
      expect(denied.message).toContain("can't revoke a current secret while");
    }
    const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { valid } }';
    const verified = await ask(server(), verify, { token: secret, variables: { key: secret } });
    expect(verified.data.verifyApiKey.valid).toBe(true);
    // The one that is being replaced can be ended by anybody who may, and the other one after it.
    for (const id of [oldId, replacing])
      expect(
        await attempt((await place.key({ grants: ['api.key.update'] })).secret, 'revokeApiKeySecret', { id }),
      ).toMatchObject({
        __typename: 'RevokeApiKeySecretPayload',
      });
  });

  test('can’t revoke the secret that replaces it, only itself', async () => {
    const { old, secret, oldId, newId: replacing } = await rotated();
    expect(await attempt(old, 'revokeApiKeySecret', { id: replacing })).toMatchObject({
      __typename: 'FORBIDDEN',
      message: expect.stringContaining('being replaced'),
    });
    expect(await attempt(old, 'revokeApiKeySecret', { id: oldId })).toMatchObject({
      __typename: 'RevokeApiKeySecretPayload',
    });
    expect(await attempt(secret, 'revokeApiKeySecret', { id: replacing })).toMatchObject({
      __typename: 'RevokeApiKeySecretPayload',
    });
  });

  describe('passes on nothing that outlives it:', () => {
    test('keys that it creates expire with it', async () => {
      const { old, secret } = await rotated();
      const create = (token: string, expiresAt: string | null) =>
        attempt(token, 'createApiKey', { name: 'A', expiresAt });
      for (const expiresAt of [null, inSeconds(HOUR_SECONDS + 1)]) {
        const denied = await create(old, expiresAt);
        expect(denied).toMatchObject({ __typename: 'EscalationError', restrictions: ['EXPIRES_AT'] });
        expect(denied.message).toContain('being replaced');
        expect(await create(secret, expiresAt)).toMatchObject({ __typename: 'CreateApiKeyPayload' });
      }
      expect(await create(old, inSeconds(HOUR_SECONDS))).toMatchObject({ __typename: 'CreateApiKeyPayload' });
    });

    test('it neither rotates nor changes keys that last longer', async () => {
      const { old, secret } = await rotated();
      const { id } = await place.key();
      const short = await place.key({ expiresAt: server().clock.now() + 60_000 });
      for (const [field, input] of [
        ['rotateApiKey', {}],
        ['updateApiKey', { name: 'B' }],
      ] as const) {
        expect(await attempt(old, field, { id, ...input })).toMatchObject({ restrictions: ['EXPIRES_AT'] });
        for (const [token, key] of [
          [old, short.id],
          [secret, id],
        ])
          expect(await attempt(token ?? '', field, { id: key, ...input })).toMatchObject({
            __typename: expect.stringMatching(/Payload$/),
          });
      }
      expect(await attempt(old, 'updateApiKey', { id: short.id, expiresAt: null })).toMatchObject({
        restrictions: ['EXPIRES_AT'],
      });
    });

    test('it invites nobody, and changes no roles that others have', async () => {
      const { old, secret } = await rotated([...MANAGER, 'role.*']);
      const roleId = await place.role(['api.key.view']);
      await place.key({ roleId });
      const email = `${newId('user')}@example.com`;
      for (const [field, input] of [
        ['inviteMember', { email, roleId }],
        ['updateRole', { id: roleId, description: 'Changed' }],
      ] as const) {
        expect(await attempt(old, field, input)).toMatchObject({ restrictions: ['EXPIRES_AT'] });
        expect(await attempt(secret, field, input)).toMatchObject({
          __typename: expect.stringMatching(/Payload$/),
        });
      }
    });

    test('but it reads, verifies and revokes as before', async () => {
      const { old } = await rotated();
      const { id, secret: other } = await place.key();
      const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { valid } }';
      const verified = await ask(server(), verify, { token: old, variables: { key: other } });
      expect(verified.data.verifyApiKey.valid).toBe(true);
      const read = await ask(server(), `{ apiKey(id: "${id}") { name } }`, { token: old });
      expect(read.data.apiKey.name).toBe('A key');
      expect(await attempt(old, 'revokeApiKey', { id })).toMatchObject({ __typename: 'RevokeApiKeyPayload' });
    });
  });
});
