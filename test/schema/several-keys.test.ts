import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { newId } from '../../src/core/ids.ts';
import { COST_MAX, queryCost } from '../../src/graphql/cost/query-cost.ts';
import { onEachDatabase } from '../support/databases.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { contextFor, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

const UPDATE = `mutation ($input: UpdateApiKeysInput!) { updateApiKeys(input: $input) {
  __typename
  ... on UpdateApiKeysPayload { apiKeys { id status enabled } propagation { confirmedNodes totalNodes } }
  ... on NotFoundError { id }
  ... on ConflictError { reason }
  ... on LimitExceededError { limit current }
  ... on ValidationError { issues { path } }
} }`;

onEachDatabase('several keys over GraphQL', (engine) => {
  const server = serverOn(engine);

  async function owner() {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const update = async (input: Record<string, unknown>) =>
      (await ask(server(), UPDATE, { token, variables: { input } })).data.updateApiKeys;
    const key = () => makeApiKey(server(), organizationId);
    return { organizationId, token, update, key };
  }

  test('are disabled at every door, and their subscribers learn of each once', async () => {
    const { token, update, key } = await owner();
    const [first, second] = [await key(), await key()];
    const socket = await connectLive(server(), token);
    const changes = socket.subscribe(
      'subscription { apiKeyChanged { apiKey { id enabled } ... on ApiKeyUpdated { changedFields } } }',
    );
    await areLive(server(), 1);
    const verify = (secret: string) =>
      fetch(`${server().url}/verify`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await verify(first.secret)).status).toBe(200);
    expect(await update({ ids: [second.id, first.id], enabled: false })).toEqual({
      __typename: 'UpdateApiKeysPayload',
      apiKeys: [second.id, first.id].map((id) => ({ id, status: 'DISABLED', enabled: false })),
      propagation: { confirmedNodes: 1, totalNodes: 1 },
    });
    for (const { secret } of [first, second]) {
      const refused = await verify(secret);
      expect([refused.status, (await refused.json()).code]).toEqual([401, 'DISABLED']);
    }
    await update({ ids: [second.id, first.id], enabled: false });
    await update({ ids: [first.id], enabled: true });
    await eventually(() => changes.events.length === 3);
    expect(changes.events).toEqual(
      [second.id, first.id, first.id].map((id, index) => ({
        changedFields: ['enabled'],
        apiKey: { id, enabled: index === 2 },
      })),
    );
    await socket.close();
  });

  test('are changed all or none, and each refusal is a member of the union', async () => {
    const { organizationId, update, key } = await owner();
    const [first, second] = [await key(), await key()];
    const foreign = await makeApiKey(server(), (await makeMember(server())).organizationId);
    for (const id of [foreign.id, newId('key')])
      expect(await update({ ids: [first.id, id], enabled: false })).toEqual({
        __typename: 'NotFoundError',
        id,
      });
    expect(await update({ ids: [], enabled: false })).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'ids'] }],
    });
    await update({ ids: [first.id], enabled: false });
    const { db } = server().services;
    const limited = { max_active_api_keys: 1 };
    await db.updateTable('organizations').set(limited).where('id', '=', organizationId).execute();
    expect(await update({ ids: [first.id, second.id], enabled: true })).toEqual({
      __typename: 'LimitExceededError',
      limit: 1,
      current: 1,
    });
    await db.updateTable('api_keys').set({ revoked_at: 1 }).where('id', '=', second.id).execute();
    expect(await update({ ids: [first.id, second.id], enabled: false })).toEqual({
      __typename: 'ConflictError',
      reason: 'REVOKED',
    });
  });
});

describe('the cost of changing several keys', () => {
  const services = servicesOn('sqlite');

  const costOf = (document: string, name: string | undefined, ids: number) => {
    const parsed = parse(document);
    const operation = getOperationAST(parsed, name) as OperationDefinitionNode;
    const isRevocation = document.includes('$input: RevokeApiKeysInput!') && name !== 'SwitchKeys';
    const input = { ids: Array(ids).fill('key_1'), ...(!isRevocation && { enabled: true }) };
    return queryCost(schema, parsed, operation, { input }, contextFor(services(), null));
  };

  test.each([
    ['revokeApiKeys', 'Revoke'],
    ['updateApiKeys', 'Update'],
  ])('follows the number of keys and what is read of each: %s', (field, stem) => {
    const cost = (ids: number, fields: string) =>
      costOf(
        `mutation ($input: ${stem}ApiKeysInput!) { ${field}(input: $input) {
          ... on ${stem}ApiKeysPayload { apiKeys { ${fields} } } } }`,
        undefined,
        ids,
      );
    const log = 'id auditLog(first: 10) { nodes { id } }';
    expect(cost(1, 'id name')).toBeLessThan(20);
    expect(cost(500, 'id name')).toBeGreaterThan(500);
    expect(cost(500, log) - 500).toBe(20 * (cost(5, log) - 5));
    expect(cost(500, 'id auditLog(first: 100) { nodes { id } }')).toBeGreaterThan(COST_MAX);
    // What is rejected anyway costs no more.
    expect(cost(100_000, 'id')).toBe(cost(500, 'id'));
  });

  test('leaves the command line and the console 500 keys at once', () => {
    const root = join(import.meta.dirname, '../..');
    const textsIn = (folder: string) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(({ name }) => name.endsWith('.graphql'))
        .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'))
        .join('\n');
    const [cli, web] = [textsIn('src/cli'), textsIn('console/src')];
    expect(costOf(cli, 'RevokeKeys', 500)).toBeLessThan(COST_MAX);
    expect(costOf(cli, 'SwitchKeys', 500)).toBeLessThan(COST_MAX);
    expect(costOf(web, 'RevokeKeys', 500)).toBeLessThan(COST_MAX);
  });
});
