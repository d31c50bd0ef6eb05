import { describe, expect, it } from 'vitest';
import {
  CreateKeyDocument,
  KeyDocument,
  KeysDocument,
  RevokeKeyDocument,
  RevokeKeysDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  UpdateKeyDocument,
  VerifyKeyDocument,
} from '../generated/graphql.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';
import { expectType, request } from './request.ts';

onEachDatabase('the life of a key over GraphQL', (engine) => {
  const server = serverOn(engine);

  async function owner() {
    const { sessionToken, organizationId } = await makeMember(server());
    const create = async (input: Record<string, unknown> = {}) => {
      const { data } = await request(server(), sessionToken, CreateKeyDocument, {
        input: { name: 'CI', ...input },
      });
      return expectType(data.createApiKey, 'CreateApiKeyPayload');
    };
    const verify = async (key: string, input: Record<string, unknown> = {}) =>
      (await request(server(), sessionToken, VerifyKeyDocument, { input: { key, ...input } })).data
        .verifyApiKey;
    return { token: sessionToken, organizationId, create, verify };
  }

  it('creates, lists, verifies, rotates, revokes, and then refuses', async () => {
    const { token, create, verify } = await owner();
    const { secret, apiKey } = await create({
      grants: ['prompt.render'],
      description: 'Deploys',
      externalId: 'c-1',
    });
    expect(apiKey).toMatchObject({
      name: 'CI',
      status: 'ACTIVE',
      start: secret.slice(0, 16),
      environment: 'LIVE',
    });

    const list = (await request(server(), token, KeysDocument, {})).data.apiKeys;
    expect(list?.nodes.map((key) => key.id)).toEqual([apiKey.id]);
    expect(await verify(secret, { permissions: ['prompt.render'] })).toMatchObject({
      valid: true,
      code: 'VALID',
    });

    const rotated = expectType(
      (await request(server(), token, RotateKeyDocument, { input: { id: apiKey.id, overlapSeconds: 60 } }))
        .data.rotateApiKey,
      'RotateApiKeyPayload',
    );
    expect(rotated.retiring.status).toBe('RETIRING');
    expect(await verify(secret)).toMatchObject({ valid: true });
    expect(await verify(rotated.secret)).toMatchObject({ valid: true });

    const revoked = expectType(
      (await request(server(), token, RevokeKeyDocument, { input: { id: apiKey.id, reason: 'leaked' } })).data
        .revokeApiKey,
      'RevokeApiKeyPayload',
    );
    expect(revoked.apiKey).toMatchObject({ status: 'REVOKED', revocationReason: 'leaked' });
    expect(revoked.propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
    for (const each of [secret, rotated.secret]) {
      expect(await verify(each)).toMatchObject({ valid: false, code: 'REVOKED' });
    }
    expect((await request(server(), token, KeysDocument, {})).data.apiKeys?.nodes).toEqual([]);
    const { data } = await request(server(), token, KeyDocument, { id: apiKey.id });
    expect(data.apiKey?.auditLog?.nodes.map((entry) => entry.action)).toEqual([
      'api_key.revoked',
      'api_key.rotated',
      'api_key.created',
    ]);
  });

  it('shows a use in lastUsedAt, uses and usage at once', async () => {
    const { token, create, verify } = await owner();
    const { secret, apiKey } = await create();
    await verify(secret, { ip: '192.0.2.7' });
    await verify(secret, { ip: '192.0.2.7', permissions: ['prompt.render'] });
    const { data } = await request(server(), token, KeyDocument, { id: apiKey.id });
    expect(data.apiKey).toMatchObject({
      lastUsedIp: '192.0.2.7',
      lastUsedAt: new Date(server().clock.now()).toISOString(),
      usage: [{ verified: 1, denied: 1 }],
    });
    expect(data.apiKey?.secrets).toMatchObject([{ uses: 1, status: 'ACTIVE' }]);
  });

  it('answers each refusal as the member of the union that says it', async () => {
    const { token, create } = await owner();
    const { apiKey } = await create();
    const update = async (input: Record<string, unknown>) =>
      (await request(server(), token, UpdateKeyDocument, { input: { id: apiKey.id, ...input } })).data
        .updateApiKey;
    expect(await update({ name: '', ipAllowlist: ['10.1.0.0/8'] })).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      issues: [
        { path: ['input', 'name'] },
        { path: ['input', 'ipAllowlist', '0'], message: expect.stringContaining('did you mean 10.0.0.0/8?') },
      ],
    });
    expect(await update({ roleId: apiKey.id })).toMatchObject({ __typename: 'NotFoundError', id: apiKey.id });
    expectType(
      (await request(server(), token, RevokeKeyDocument, { input: { id: apiKey.id } })).data.revokeApiKey,
      'RevokeApiKeyPayload',
    );
    expect(await update({ name: 'x' })).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      reason: 'REVOKED',
    });
    const again = await request(server(), token, RevokeKeyDocument, { input: { id: apiKey.id } });
    expectType(again.data.revokeApiKey, 'RevokeApiKeyPayload');
  });

  it('revokes several keys or none, and single secrets', async () => {
    const { token, create, verify } = await owner();
    const [first, second] = [await create(), await create()];
    const revoke = async (ids: string[]) =>
      (await request(server(), token, RevokeKeysDocument, { input: { ids } })).data.revokeApiKeys;
    const foreign = await (await owner()).create();
    expect(await revoke([first.apiKey.id, foreign.apiKey.id])).toMatchObject({
      __typename: 'NotFoundError',
      id: foreign.apiKey.id,
    });
    expect(await verify(first.secret)).toMatchObject({ valid: true });
    const secretId = first.apiKey.secrets[0]?.id ?? '';
    const ended = await request(server(), token, RevokeSecretDocument, { input: { id: secretId } });
    expect(ended.data.revokeApiKeySecret).toMatchObject({ __typename: 'RevokeApiKeySecretPayload' });
    expect(await verify(first.secret)).toMatchObject({ code: 'REVOKED' });
    expect(await revoke([second.apiKey.id, first.apiKey.id])).toMatchObject({
      __typename: 'RevokeApiKeysPayload',
      apiKeys: [
        { id: second.apiKey.id, status: 'REVOKED' },
        { id: first.apiKey.id, status: 'REVOKED' },
      ],
    });
  });

  describe('for others', () => {
    it('refuses who lacks the permission, and says which', async () => {
      const { organizationId, create } = await owner();
      const { apiKey } = await create();
      const { sessionToken } = await makeMember(server(), { organizationId, role: 'member' });
      const outcome = await request(server(), sessionToken, CreateKeyDocument, { input: { name: 'x' } });
      expect(outcome.errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', permission: 'api.key.create' }, path: ['createApiKey'] },
      ]);
      const seen = await request(server(), sessionToken, KeysDocument, {});
      expect(seen.data.apiKeys?.nodes.map((key) => key.id)).toEqual([apiKey.id]);
    });

    it('answers for a key of another organization as for one that does not exist', async () => {
      const { token } = await owner();
      const { apiKey } = await (await owner()).create();
      const missing = 'key_01h455vb4pex5vsknk084sn02q';
      for (const id of [apiKey.id, missing, 'no id', apiKey.secrets[0]?.id ?? '']) {
        expect((await request(server(), token, KeyDocument, { id })).data.apiKey).toBeNull();
        const update = await request(server(), token, UpdateKeyDocument, { input: { id, name: 'x' } });
        expect(update.data.updateApiKey).toMatchObject({ __typename: 'NotFoundError', id });
      }
    });

    it('does not tell a gateway that may only verify who made a key', async () => {
      const { create } = await owner();
      const { secret } = await create();
      const gateway = await create({ grants: ['api.key.verify'] });
      const query = `mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code apiKey { createdBy {
        __typename ... on User { email } ... on SystemActor { name } } } } }`;
      const { data, errors } = await ask(server(), query, {
        token: gateway.secret,
        variables: { input: { key: secret } },
      });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'api.key.view' } }]);
      expect(data.verifyApiKey).toEqual({ code: 'VALID', apiKey: { createdBy: null } });
    });

    it('lets a key that may create keys create keys, and read what it made', async () => {
      const { create, verify } = await owner();
      const maker = await create({ grants: ['api.key.create', 'prompt.*'] });
      const { data } = await request(server(), maker.secret, CreateKeyDocument, {
        input: { name: 'child', grants: ['prompt.render'] },
      });
      const child = expectType(data.createApiKey, 'CreateApiKeyPayload');
      expect(await verify(child.secret)).toMatchObject({ valid: true });
      const beyond = await request(server(), maker.secret, CreateKeyDocument, {
        input: { name: 'child', grants: ['api.key.delete'] },
      });
      expect(beyond.data.createApiKey).toMatchObject({
        __typename: 'EscalationError',
        permissions: ['api.key.delete'],
      });
      const list = await request(server(), maker.secret, KeysDocument, {});
      expect(list.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'api.key.view' } }]);
    });
  });
});
