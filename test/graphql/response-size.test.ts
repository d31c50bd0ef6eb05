import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  getOperationAST,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { responseBound, returnsShownOnce } from '../../src/graphql/response/response-bound.ts';
import {
  ITEMS_MAX,
  OPEN_SCALAR,
  SHOWN_ONCE,
  VALUE_BYTES,
} from '../../src/graphql/response/response-sizes.ts';
import { onEachDatabase } from '../support/databases.ts';
import { rename } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

const RESPONSE_BYTES = 200_000;
const config = { http: { ...parseConfig({}).http, responseBytes: RESPONSE_BYTES } };
const metadata = { text: 'x'.repeat(16_000) };

function aliased(count: number, field: string): string {
  return Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ');
}

const codesOf = (errors: readonly { extensions: { code: string } }[]) =>
  errors.map(({ extensions }) => extensions.code);

onEachDatabase('a response', (engine) => {
  const server = serverOn(engine, { config });

  test('that exceeds its limit is abandoned while it is built, and nothing of it is returned', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    for (let n = 0; n < 10; n += 1) await makeApiKey(server(), organizationId, { metadata });
    const list = (times: number) =>
      ask(server(), `{ apiKeys { nodes { ${aliased(times, 'metadata')} } } }`, { token });
    const fitting = await list(1);
    expect(fitting.errors).toEqual([]);
    expect(fitting.data.apiKeys.nodes).toHaveLength(10);
    const { data, errors } = await list(19);
    expect(codesOf(errors)).toEqual(['RESPONSE_TOO_LARGE']);
    expect(errors[0]?.message).toContain(String(RESPONSE_BYTES));
    expect(data).toBeNull();
  });

  test('is limited by its bytes, not by its characters', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    // Six bytes for each character: no form of it is longer.
    const text = '\u0001'.repeat(2_600);
    for (let n = 0; n < 15; n += 1) await makeApiKey(server(), organizationId, { metadata: { text } });
    const query = '{ apiKeys { nodes { metadata } } }';
    expect(codesOf((await ask(server(), query, { token })).errors)).toEqual(['RESPONSE_TOO_LARGE']);
    const half = '{ apiKeys(first: 8) { nodes { metadata } } }';
    expect((await ask(server(), half, { token })).errors).toEqual([]);
  });

  test('of a mutation that could exceed it is decided before anything changes', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const create = (below: string) =>
      ask(
        server(),
        `mutation { createApiKey(input: { name: "A" }) { ... on CreateApiKeyPayload { secret apiKey { ${below} } } } }`,
        {
          token,
        },
      );
    const keys = async () =>
      (
        await server()
          .services.db.selectFrom('api_keys')
          .select('id')
          .where('organization_id', '=', organizationId)
          .execute()
      ).length;
    for (const below of [
      aliased(20, 'metadata'),
      'organization { apiKeys(first: 20) { nodes { metadata } } }',
    ]) {
      const { data, errors } = await create(below);
      expect(codesOf(errors)).toEqual(['RESPONSE_TOO_LARGE']);
      expect(data).toBeUndefined();
    }
    expect(await keys()).toBe(0);
    const { data } = await create('id metadata organization { apiKeys(first: 5) { nodes { metadata } } }');
    expect(data.createApiKey.secret).toMatch(/^kw_/);
    expect(await keys()).toBe(1);
  });

  test('of a mutation that does so all the same says that the changes took effect', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const grants = Array.from({ length: 100 }, (_, n) => `${'a'.repeat(95)}.${n}`);
    const ids: string[] = [];
    for (let n = 0; n < 30; n += 1) ids.push((await makeApiKey(server(), organizationId, { grants })).id);
    const revoke = `mutation ($input: RevokeApiKeysInput!) { revokeApiKeys(input: $input) {
      ... on RevokeApiKeysPayload { apiKeys { id grants } } } }`;
    const { data, errors } = await ask(server(), revoke, { token, variables: { input: { ids } } });
    expect([data, codesOf(errors)]).toEqual([null, ['RESPONSE_TOO_LARGE']]);
    expect(errors[0]?.message).toContain('The changes took effect');
    const { data: after } = await ask(
      server(),
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ApiKey { status } } }',
      {
        token,
        variables: { ids },
      },
    );
    expect(after.nodes).toEqual(ids.map(() => ({ status: 'REVOKED' })));
  });

  test('over a socket and of an event is limited likewise', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { metadata });
    const socket = await connectLive(server(), sessionToken);
    const query = socket.subscribe(`{ apiKeys { nodes { ${aliased(19, 'metadata')} } } }`);
    const events = ['apiKey { %m }', 'apiKey { teams { id } %m }'].map((fields) =>
      socket.subscribe(`subscription { apiKeyChanged { ${fields.replace('%m', aliased(19, 'metadata'))} } }`),
    );
    const small = socket.subscribe('subscription { apiKeyChanged { apiKey { name } } }');
    await areLive(server(), 3);
    await rename(server(), key.id, 'Renamed');
    await small.received(1);
    for (const one of events) {
      await one.received(1);
      expect(one.messages[0]?.payload.data).toBeNull();
      expect(codesOf(one.messages[0]?.payload.errors)).toEqual(['RESPONSE_TOO_LARGE']);
    }
    await query.received(1);
    expect(codesOf(query.messages[0]?.payload.errors)).toEqual(['RESPONSE_TOO_LARGE']);
    expect(small.events).toEqual([{ apiKey: { name: 'Renamed' } }]);
  });
});

describe('introspection', () => {
  const server = serverOn('sqlite');

  test('is served once in an operation, and not many times over', async () => {
    const query = getIntrospectionQuery({ descriptions: true });
    expect((await ask(server(), query)).data.__schema.types.length).toBeGreaterThan(50);
    const fields =
      'types { name description fields { name description args { name } type { name ofType { name } } } }';
    const twice = `{ ${aliased(20, `__schema { ${fields} }`)} }`;
    const inside = `{ __schema { ${aliased(20, fields)} } }`;
    for (const document of [twice, inside]) {
      expect(document.length).toBeLessThan(3_000);
      expect(codesOf((await ask(server(), document)).errors)).toEqual(['QUERY_TOO_COMPLEX']);
    }
  });
});

describe('the largest response of a mutation', () => {
  const ctx = { clock: { now: () => 0 } } as GraphQLContext;
  const bound = (text: string, variables: Record<string, unknown> = {}, certain = false): number => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('No operation');
    return responseBound(schema, document, operation, variables, ctx, certain);
  };

  test('is known of every field of the schema', () => {
    expect(unboundedFields(schema)).toEqual([]);
  });

  test('counts values that are shown once as what must not be given up', () => {
    const payloads = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && type.name.endsWith('Payload')
        ? Object.values(type.getFields()).map(({ name }) => `${type.name}.${name}`)
        : [],
    );
    expect(payloads.filter((place) => /\.(.*secret|.*token|.*url)$/i.test(place)).sort()).toEqual(
      [...SHOWN_ONCE].sort(),
    );
    const create = (fields: string) => {
      const document = parse(
        `mutation { createApiKey(input: { name: "A" }) { ...P } } fragment P on CreateApiKeyPayload { ${fields} }`,
      );
      return returnsShownOnce(schema, document, getOperationAST(document) as OperationDefinitionNode);
    };
    expect([create('apiKey { id }'), create('s: secret')]).toEqual([false, true]);
  });

  test('is larger where it is to be certain', () => {
    const create = `mutation { createApiKey(input: { name: "A" }) { ... on CreateApiKeyPayload { secret apiKey {
      permissions teams { name } secrets { id start } } } } }`;
    expect(bound(create, {}, true)).toBeGreaterThan(10 * bound(create));
    expect(bound(create, {}, true)).toBeLessThan(200_000);
  });

  test('follows the rows that its arguments ask for', () => {
    const revoke = `mutation ($ids: [ID!]!) { revokeApiKeys(input: { ids: $ids }) {
      ... on RevokeApiKeysPayload { apiKeys { id name metadata } } } }`;
    const ids = (count: number) => ({ ids: Array.from({ length: count }, () => 'key_1') });
    expect(bound(revoke, ids(1), true)).toBeLessThan(20_000);
    expect(bound(revoke, ids(500), true)).toBeGreaterThan(500 * 16_384);
    const page = (first: number) =>
      bound(`mutation { createTeam(input: { name: "A" }) { ... on CreateTeamPayload {
        team { organization { apiKeys(first: ${first}) { nodes { ...K } } } } } } } fragment K on ApiKey { metadata }`);
    expect(page(100)).toBeGreaterThan(99 * page(1) - 100 * 1_000);
  });

  test('leaves every mutation of the console, the command line and the examples far below the default limit', () => {
    const root = join(import.meta.dirname, '../..');
    const input = { ids: Array.from({ length: 500 }, () => 'key_1') };
    const measured = ['console/src', 'src/cli', 'examples'].map((folder) => {
      const texts = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(({ name, parentPath }) => name.endsWith('.graphql') && !parentPath.includes('node_modules'))
        .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'));
      const document = parse(texts.join('\n'));
      const mutations = document.definitions.flatMap((one) =>
        one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION ? [one] : [],
      );
      for (const mutation of mutations)
        expect(
          responseBound(
            schema,
            document,
            mutation,
            { input },
            ctx,
            returnsShownOnce(schema, document, mutation),
          ),
          mutation.name?.value,
        ).toBeLessThan(parseConfig({}).http.responseBytes);
      return mutations.length;
    });
    expect(measured.every((count) => count > 0)).toBe(true);
  });
});

/** The fields of the schema that need an entry in `ITEMS_MAX` or `VALUE_BYTES` and have none, as `Type.field`. */
function unboundedFields(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if ((!isObjectType(type) && !isInterfaceType(type)) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const place = `${type.name}.${field.name}`;
      const isList =
        isListType(getNullableType(field.type)) && typeof field.extensions.complexity !== 'function';
      const isOpen = getNamedType(field.type).name === OPEN_SCALAR;
      const isKnown = (!isList || place in ITEMS_MAX) && (!isOpen || place in VALUE_BYTES);
      return isKnown ? [] : [place];
    });
  });
}
