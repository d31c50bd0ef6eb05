import { isScalarType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';

const server = serverOn('sqlite');

/** A value that each type doesn't accept: as a literal, and as a variable. */
const BAD: Readonly<Record<string, readonly [field: string, type: string, literal: string, value: unknown]>> =
  {
    DateTime: ['expiresAt', 'DateTime', '"nonsense"', 'nonsense'],
    'DateTime of another kind': ['expiresAt', 'DateTime', '3', 3],
    JSONObject: ['metadata', 'JSONObject', '[1]', [1]],
    'JSONObject with a number that is not exact': [
      'metadata',
      'JSONObject',
      '{ a: 9007199254740993 }',
      { a: 2 ** 60 },
    ],
    CIDR: ['ipAllowlist', '[CIDR!]', '[1]', [1]],
    Permission: ['grants', '[Permission!]', '[1]', [1]],
    ID: ['teamIds', '[ID!]', '[null]', [null]],
    String: ['description', 'String', '1', 1],
    Int: [
      'rateLimit',
      'RateLimitInput',
      '{ limit: "a", windowSeconds: 1 }',
      { limit: 'a', windowSeconds: 1 },
    ],
    enum: ['environment', 'Environment', 'MARS', 'MARS'],
    'input object with a field too few': ['rateLimit', 'RateLimitInput', '{ limit: 1 }', { limit: 1 }],
    'input object with a field too many': [
      'rateLimit',
      'RateLimitInput',
      '{ limit: 1, windowSeconds: 1, more: 1 }',
      { limit: 1, windowSeconds: 1, more: 1 },
    ],
  };

/** Scalars that no input of the schema has in this form. */
const ELSEWHERE = ['Boolean', 'Float', 'SafeInt'];

test('every scalar has a bad value here', () => {
  const scalars = Object.values(schema.getTypeMap()).filter(isScalarType);
  for (const { name } of scalars) expect([...Object.keys(BAD), ...ELSEWHERE]).toContain(name);
});

describe.each(Object.entries(BAD))('a bad %s', (_name, [field, type, literal, value]) => {
  let token: string;

  beforeAll(async () => {
    token = (await makeMember(server())).sessionToken;
  });

  test('is reported with its place and the same code wherever it is', async () => {
    const call = (text: string) => `createApiKey(input: { name: "A", ${field}: ${text} }) { __typename }`;
    const asked = [
      [`mutation {\n ${call(literal)} }`, {}],
      [`mutation ($x: ${type} = ${literal}) {\n ${call('$x')} }`, {}],
      [`mutation ($x: ${type}) {\n ${call('$x')} }`, { x: value }],
      [
        'mutation ($input: CreateApiKeyInput!) {\n createApiKey(input: $input) { __typename } }',
        { input: { name: 'A', [field]: value } },
      ],
    ] as const;
    for (const [document, variables] of asked) {
      const accept = { Accept: 'application/graphql-response+json' };
      const { status, data, errors } = await ask(server(), document, { token, variables, headers: accept });
      expect([status, data], document).toEqual([400, undefined]);
      const locations = [{ line: expect.any(Number), column: expect.any(Number) }];
      const code = 'BAD_USER_INPUT';
      expect(errors, document).toMatchObject([{ locations, extensions: { code } }]);
    }
  });
});

test('a bad value of a query, a subscription or a directive has them, too; other faults of a document don’t', async () => {
  const { sessionToken: token } = await makeMember(server());
  const codeOf = async (document: string) => {
    const { errors } = await ask(server(), document, { token });
    expect(errors[0]).toHaveProperty('locations');
    return errors[0]?.extensions.code;
  };
  for (const document of [
    '{ organization { auditLog(filter: { from: "x" }) { totalCount } } }',
    '{ apiKeys(first: "x") { totalCount } }',
    '{ apiKeys(orderBy: { field: NOPE, direction: ASC }) { totalCount } }',
    'subscription { apiKeyUsed(since: "x") { count } }',
    '{ organization @skip(if: 1) { id } }',
  ])
    expect(await codeOf(document), document).toBe('BAD_USER_INPUT');
  for (const document of ['{ nothing }', '{ node { id } }', '{ viewer }', '{ a('])
    expect(await codeOf(document), document).toBe('BAD_REQUEST');
});
