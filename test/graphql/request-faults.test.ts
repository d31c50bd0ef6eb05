import { buildSchema, type GraphQLError, parse, specifiedRules } from 'graphql';
import { expect, test } from 'vitest';
import { coerceVariables } from '../../src/graphql/coerce-variables.ts';
import { parseWithinLimits } from '../../src/graphql/document-limits.ts';
import { validationFaults } from '../../src/graphql/validation-faults.ts';
import { newToken, SIGN_IN_PREFIX } from '../../src/sessions/tokens.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';

const schema = buildSchema(`
  enum Environment { LIVE TEST }
  input Deep { list: [Int!] text: String! on: Environment deep: [Deep!] }
  type Query { a(text: String, whole: Int, float: Float, id: ID, yes: Boolean, on: Environment, deep: Deep): Int }
`);

/** What is said of variables of an operation that declares `declared`. */
function ofVariables(declared: string, variables: Record<string, unknown>, max = 20): string[] {
  const [operation] = parse(`query (${declared}) { a }`).definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('It is an operation');
  const { errors = [] } = coerceVariables(schema, operation.variableDefinitions ?? [], variables, max);
  return errors.map(({ message }) => message);
}

/** What is said of a document. */
function ofDocument(document: string): string[] {
  try {
    return validationFaults(schema, parseWithinLimits(document), specifiedRules, 20).map(
      ({ message }) => message,
    );
  } catch (error) {
    return [(error as GraphQLError).message];
  }
}

const GOT = 'Variable "$x" got an invalid value';

test.each<[string, unknown, string[]]>([
  ['String', ['hush'], [`${GOT}; expected type "String".`]],
  ['Int', 'hush', [`${GOT}; expected type "Int".`]],
  ['Int', 3e12, [`${GOT}; expected type "Int".`]],
  ['Int!', null, [`${GOT}; expected type "Int!", found null.`]],
  ['Environment', 'LIV; "E', [`${GOT}; expected type "Environment" (LIVE, TEST).`]],
  ['Deep', { text: 'a; hush', list: [1, 'b; hush'] }, [`${GOT} at "x.list[1]"; expected type "Int!".`]],
  [
    'Deep',
    { list: [], on: 'hush; at "hush"; ' },
    [
      `${GOT}; Field "text" of required type "String!" was not provided.`,
      `${GOT} at "x.on"; expected type "Environment" (LIVE, TEST).`,
    ],
  ],
  ['Deep', 'hush; hush', [`${GOT}; expected type "Deep".`]],
  ['Deep', ['hush'], [`${GOT}; expected type "Deep".`]],
  [
    'Deep',
    { text: 'hush', txt: 'hush' },
    [`${GOT}; Field "txt" is not defined by type "Deep". Did you mean "text"?`],
  ],
  ['Deep', { text: '', deep: { text: [] } }, [`${GOT} at "x.deep.text"; expected type "String!".`]],
  [
    'Deep',
    { [`hush; ${'x'.repeat(40)}`]: 1, text: '' },
    [`${GOT}; "Deep" does not define one of the fields, or requires another.`],
  ],
])('of a variable of type %s, %j is not quoted', (type, value, said) => {
  expect(ofVariables(`$x: ${type}`, { x: value })).toEqual(said);
});

test('a required variable without a value is named', () => {
  expect(ofVariables('$x: Int!', {})).toEqual(['Variable "$x" of required type "Int!" was not provided.']);
  expect(ofVariables('$x: Int! = 3, $y: Int', {})).toEqual([]);
});

test('of thousands of faults in variables a few are reported', () => {
  const list = new Array(50_000).fill('hush');
  expect(ofVariables('$x: [Int!]', { x: list }, 3)).toEqual(
    [0, 1, 2].map((place) => `${GOT} at "x[${place}]"; expected type "Int!".`),
  );
});

test.each([
  ['text: ["hush"]', 'Argument "text" got an invalid value; expected type "String", found ListValue.'],
  ['whole: "hush"', 'Argument "whole" got an invalid value; expected type "Int", found StringValue.'],
  ['float: "hush"', 'Argument "float" got an invalid value; expected type "Float", found StringValue.'],
  ['id: {hush: "hush"}', 'Argument "id" got an invalid value; expected type "ID", found ObjectValue.'],
  [
    'on: "LIVE"',
    'Argument "on" got an invalid value; expected type "Environment" (LIVE, TEST), found StringValue.',
  ],
  [
    'on: HUSH',
    'Argument "on" got an invalid value; expected type "Environment" (LIVE, TEST), found EnumValue.',
  ],
  ['deep: "hush"', 'Argument "deep" got an invalid value; expected type "Deep", found StringValue.'],
  ['deep: {text: "hush", txt: "hush"}', 'Field "txt" is not defined by type "Deep". Did you mean "text"?'],
  ['"hush"', 'Syntax Error: Unexpected String.'],
  ['text: 1 "hush', 'Syntax Error: Unexpected end of the document.'],
  ['text: "hush\n"', 'Syntax Error: Unexpected line break.'],
  ['text: "hush\\q"', 'Syntax Error: Unexpected character U+005C.'],
  ['text: hush?', 'Syntax Error: Unexpected character U+003F.'],
  ['whole: 1) } 123 (', 'Syntax Error: Unexpected Int.'],
  ['text: }', 'Syntax Error: Unexpected "}".'],
  ['nothing: 1', 'Unknown argument "nothing" on field "Query.a".'],
])('of the literal %s nothing is quoted', (argument, said) => {
  expect(ofDocument(`{ a(${argument}) }`)).toEqual([said]);
});

test('a name that is long enough to be a credential is not quoted, nor is what looks like one', () => {
  const name = 'h'.repeat(43);
  for (const document of [
    `{ ${name} }`,
    `{ a { ...${name} } }`,
    `query ($${name}: Int) { a }`,
    `{ a(${name}: 1) }`,
  ]) {
    const said = ofDocument(document);
    expect(said.length).toBeGreaterThan(0);
    expect(said.join()).not.toContain(name);
  }
  expect(ofDocument('{ kw_live_0123456789abcdef }')).toEqual([
    'Cannot query field "kw_live_[redacted]" on type "Query".',
  ]);
});

test('a syntax error says where it is', () => {
  const parsed = (document: string) => {
    try {
      return parseWithinLimits(document);
    } catch (error) {
      return (error as GraphQLError).toJSON();
    }
  };
  expect(parsed('{\n  a(}\n}')).toMatchObject({ locations: [{ line: 2, column: 5 }] });
  expect(parsed('{ a # hush\n "hush" }')).toMatchObject({
    message: 'Syntax Error: Unexpected String.',
    locations: [{ line: 2, column: 2 }],
  });
});

const served = serverOn('sqlite');

test('a one-time token in the wrong place is in no answer and no log line', async () => {
  const token = newToken(SIGN_IN_PREFIX);
  const server = served();
  const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
  const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
  const answers = [
    await ask(server, verify, { variables: { key: [token] } }),
    await ask(server, signIn, { variables: { input: { [token]: 1 } } }),
    await ask(server, `{ node(id: { a: "${token}" }) { id } }`),
    await ask(server, `{ apiKeys(orderBy: { field: "${token}" }) { totalCount } }`),
    await ask(server, 'query ($o: ApiKeyOrder) { apiKeys(orderBy: $o) { totalCount } }', {
      variables: { o: { field: token } },
    }),
    await ask(server, `{ "${token}" }`),
    await ask(server, `{ ${token.replaceAll('-', '_')} }`),
    await ask(server, `{ viewer { __typename } } "${token}`),
  ];
  for (const { errors } of answers) {
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain(token);
    expect(JSON.stringify(errors)).not.toContain(token.replaceAll('-', '_'));
  }
  expect(server.lines.join('')).not.toContain(token);
});

test('an argument without a value is reported with its variable, and other values of it are not quoted', async () => {
  const { sessionToken: token } = await makeMember(served());
  const within = 'query ($x: ID = "") { nodes(ids: ["hush", $x]) { id } }';
  const alone = 'query ($x: [ID!] = []) { nodes(ids: $x) { id } }';
  const { errors } = await ask(served(), within, { token, variables: { x: null } });
  expect(errors).toMatchObject([
    { message: 'An argument has an invalid value', extensions: { code: 'BAD_REQUEST' } },
  ]);
  expect((await ask(served(), alone, { token, variables: { x: null } })).errors).toMatchObject([
    { message: 'The variable "$x" has no valid value here', extensions: { code: 'BAD_REQUEST' } },
  ]);
  expect(JSON.stringify(errors)).not.toContain('hush');
});

test('an operation that the document does not have is not named', async () => {
  const body = { query: 'query A { __typename }', operationName: 'hush' };
  const response = await fetch(`${served().url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(await response.json()).toEqual({
    errors: [
      {
        message:
          'The document has no operation with this name, or has several operations and operationName is missing',
        extensions: { code: 'BAD_REQUEST' },
      },
    ],
  });
});
