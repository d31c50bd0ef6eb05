import { type GraphQLEnumType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { ask, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const key = (input: object) => ['createApiKey', { name: 'Key', ...input }] as const;
const organization = (input: object) => ['updateOrganization', input] as const;

/** A mutation, its input, and the path and code of its only issue. `$` stands for the ID of the organization. */
const CASES: readonly (readonly [readonly [string, object], string, string])[] = [
  [key({ name: '' }), 'name', 'REQUIRED'],
  [key({ name: 'x'.repeat(101) }), 'name', 'TOO_LONG'],
  [key({ name: 'x'.repeat(10_000) }), 'name', 'TOO_LONG'],
  [key({ name: 'a\nb' }), 'name', 'INVALID_CHARACTERS'],
  [key({ name: 'a\u202eb' }), 'name', 'INVALID_CHARACTERS'],
  [key({ name: 'a\ud800b' }), 'name', 'INVALID_CHARACTERS'],
  [key({ description: 'x'.repeat(501) }), 'description', 'TOO_LONG'],
  [key({ externalId: 'x'.repeat(201) }), 'externalId', 'TOO_LONG'],
  [key({ grants: Array.from({ length: 101 }, (_, at) => `a${at}`) }), 'grants', 'TOO_MANY'],
  [key({ grants: ['a', 'B C'] }), 'grants.1', 'INVALID_FORMAT'],
  [key({ ipAllowlist: ['192.0.2.1/24'] }), 'ipAllowlist.0', 'INVALID_FORMAT'],
  [key({ rateLimit: { limit: 0, windowSeconds: 1 } }), 'rateLimit.limit', 'OUT_OF_RANGE'],
  [key({ metadata: { a: 'x'.repeat(16_384) } }), 'metadata', 'TOO_LONG'],
  [key({ expiresAt: '2001-01-01T00:00:00Z' }), 'expiresAt', 'OUT_OF_RANGE'],
  [key({ idempotencyKey: 'short' }), 'idempotencyKey', 'TOO_SHORT'],
  [key({ idempotencyKey: 'x'.repeat(201) }), 'idempotencyKey', 'TOO_LONG'],
  [['revokeApiKeys', { ids: [] }], 'ids', 'REQUIRED'],
  [['updateApiKeys', { ids: [], enabled: false }], 'ids', 'REQUIRED'],
  [['createRole', { name: '0wner', permissions: [] }], 'name', 'RESERVED'],
  [['inviteMember', { email: 'nobody', roleId: 'role_x' }], 'email', 'INVALID_FORMAT'],
  [organization({ keyPrefix: null }), 'keyPrefix', 'REQUIRED'],
  [organization({ keyPrefix: 'sess' }), 'keyPrefix', 'RESERVED'],
  [organization({ keyPrefix: 'UPPER' }), 'keyPrefix', 'INVALID_FORMAT'],
  [organization({ rotationPolicy: null }), 'rotationPolicy', 'REQUIRED'],
  [organization({ rotationPolicy: { liveDays: 0 } }), 'rotationPolicy.liveDays', 'OUT_OF_RANGE'],
  [organization({ allowedOrigins: ['nowhere'] }), 'allowedOrigins.0', 'INVALID_FORMAT'],
  [
    organization({ allowedOrigins: ['https://a.example', 'https://a.example'] }),
    'allowedOrigins.1',
    'DUPLICATE',
  ],
  [organization({ permissionCatalog: [{ name: 'api.key.view' }] }), 'permissionCatalog.0.name', 'RESERVED'],
  [organization({ permissionCatalog: [{ name: 'a.*' }] }), 'permissionCatalog.0.name', 'INVALID_FORMAT'],
  [
    organization({ permissionCatalog: [{ name: 'a' }, { name: 'a' }] }),
    'permissionCatalog.1.name',
    'DUPLICATE',
  ],
];

onEachDatabase('the issues of a ValidationError', (engine) => {
  const server = serverOn(engine);

  async function issuesOf(token: string, mutation: string, input: object) {
    const name = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
    const document = `mutation ($input: ${name}Input!) { ${mutation}(input: $input) {
      __typename ... on ValidationError { code message issues { path code message } } } }`;
    const { data, errors } = await ask(server(), document, { token, variables: { input } });
    expect(errors).toEqual([]);
    const result = (
      data as Record<string, { __typename: string; issues?: { path: string[]; code: string }[] }>
    )[mutation];
    expect(result?.__typename).toBe('ValidationError');
    return (result?.issues ?? []).map(({ path, code }) => [path.join('.'), code]);
  }

  test.each(CASES)('%j: %s is %s', async ([mutation, input], path, code) => {
    const { sessionToken, organizationId } = await makeMember(server());
    const whole = mutation === 'updateOrganization' ? { id: organizationId, ...input } : input;
    expect(await issuesOf(sessionToken, mutation, whole)).toEqual([[`input.${path}`, code]]);
  });

  test('name permissions that the catalog lacks, and the organization where one is required', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const catalog = `mutation ($id: ID!) { updateOrganization(input: { id: $id, permissionCatalog: [{ name: "a.b" }] }) { __typename } }`;
    await ask(server(), catalog, { token: sessionToken, variables: { id: organizationId } });
    expect(await issuesOf(sessionToken, ...key({ grants: ['a.b', 'a.c'] }))).toEqual([
      ['input.grants.1', 'UNKNOWN'],
    ]);
    const operator = await makeOperatorToken(server(), `issues-${organizationId}`);
    expect(await issuesOf(operator, ...key({}))).toEqual([['input.organizationId', 'REQUIRED']]);
  });

  test('have codes in the extensions of queries as well', async () => {
    const operator = await makeOperatorToken(server(), `queries-${engine}`);
    const { errors } = await ask(server(), '{ apiKeys { totalCount } }', { token: operator });
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT', issues: [{ path: ['organizationId'], code: 'REQUIRED' }] },
    ]);
  });

  test('tell metadata that is nested too deeply, which no request can send', async () => {
    const { organizationId } = await makeMember(server());
    const metadata = deep(101) as Record<string, unknown>;
    await expect(createApiKey(anyone(server()), { organizationId, name: 'Key', metadata })).rejects.toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ code: 'TOO_DEEP' })] }),
    );
  });
});

describe('the codes of issues', () => {
  const values = (schema.getType('ValidationIssueCode') as GraphQLEnumType)
    .getValues()
    .map(({ name }) => name);

  test('are required, and each is produced by a test', () => {
    const type = schema.getType('ValidationIssue');
    expect(isObjectType(type) && String(type.getFields().code?.type)).toBe('ValidationIssueCode!');
    const tested = new Set([...CASES.map(([, , code]) => code), 'UNKNOWN', 'TOO_DEEP']);
    expect([...tested].sort()).toEqual([...values].sort());
  });
});
