import { buildSchema, type GraphQLError, getVariableValues, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { withoutValues } from '../../src/http/without-values.ts';
import { newToken, SIGN_IN_PREFIX } from '../../src/sessions/tokens.ts';
import { ask, serverOn } from '../support/server.ts';

const schema = buildSchema(`
  enum Environment { LIVE TEST }
  input Deep { list: [Int!] text: String! on: Environment }
  type Query { a(text: String, whole: Int, float: Float, id: ID, yes: Boolean, on: Environment, deep: Deep): Int }
`);

/** What is said of a variable of this type. */
function ofVariable(type: string, value: unknown): string {
  const document = parse(`query ($x: ${type}) { a }`);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('It is an operation');
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], { x: value });
  return (errors ?? []).map(({ message }) => withoutValues(message)).join('\n');
}

/** What is said of a document with this argument. */
function ofLiteral(argument: string): string {
  try {
    const errors = validate(schema, parse(`{ a(${argument}) }`));
    return errors.map(({ message }) => withoutValues(message)).join('\n');
  } catch (error) {
    return withoutValues((error as GraphQLError).message);
  }
}

test.each([
  ['String', ['hush'], 'Variable "$x" got an invalid value; String cannot represent a non string value.'],
  ['String', ['a; hush'], 'Variable "$x" got an invalid value; String cannot represent a non string value.'],
  ['Int', 'hush', 'Variable "$x" got an invalid value; Int cannot represent non-integer value.'],
  ['Int', 3e12, 'Variable "$x" got an invalid value; Int cannot represent non 32-bit signed integer value.'],
  [
    'Environment',
    'hush',
    'Variable "$x" got an invalid value; The value does not exist in "Environment" enum.',
  ],
  [
    'Environment',
    'LIV; "E',
    'Variable "$x" got an invalid value; The value does not exist in "Environment" enum. Did you mean the enum value "LIVE"?',
  ],
  [
    'Environment',
    ['hush'],
    'Variable "$x" got an invalid value; Enum "Environment" cannot represent non-string value.',
  ],
  [
    'Deep',
    { text: 'a; hush', list: [1, 'b; hush'] },
    'Variable "$x" got an invalid value at "x.list[1]"; Int cannot represent non-integer value.',
  ],
  [
    'Deep',
    { list: [], on: 'hush; at "hush"; ' },
    `Variable "$x" got an invalid value; Field "text" of required type "String!" was not provided.
Variable "$x" got an invalid value at "x.on"; The value does not exist in "Environment" enum.`,
  ],
  ['Deep', 'hush; hush', 'Variable "$x" got an invalid value; Expected type "Deep" to be an object.'],
  [
    'Deep',
    { text: 'hush', txt: 'hush' },
    'Variable "$x" got an invalid value; Field "txt" is not defined by type "Deep". Did you mean "text"?',
  ],
])('of a variable of type %s, %j is not quoted', (type, value, said) => {
  expect(ofVariable(type, value)).toBe(said);
});

test.each([
  ['text: ["hush"]', 'String cannot represent a non string value.'],
  ['whole: "hush"', 'Int cannot represent non-integer value.'],
  ['float: "hush"', 'Float cannot represent non numeric value.'],
  ['yes: "hush"', 'Boolean cannot represent a non boolean value.'],
  ['id: {hush: "hush"}', 'ID cannot represent a non-string and non-integer value.'],
  ['on: "LIVE"', 'Enum "Environment" cannot represent non-enum value. Did you mean the enum value "LIVE"?'],
  ['on: HUSH', 'The value does not exist in "Environment" enum.'],
  ['deep: "hush"', 'Expected value of type "Deep".'],
  ['"hush"', 'Syntax Error: Expected Name, found String.'],
  ['text: 1 "hush', 'Syntax Error: Unterminated string.'],
  ['whole: 1) } 123 (', 'Syntax Error: Unexpected Int.'],
  ['nothing: 1', 'Unknown argument "nothing" on field "Query.a".'],
])('of the literal %s nothing is quoted', (argument, said) => {
  expect(ofLiteral(argument)).toBe(said);
});

const served = serverOn('sqlite');

test('a one-time token in the wrong place is in no answer and no log line', async () => {
  const token = newToken(SIGN_IN_PREFIX);
  const server = served();
  const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
  const answers = [
    await ask(server, verify, { variables: { key: [token] } }),
    await ask(server, `{ node(id: { a: "${token}" }) { id } }`),
    await ask(server, `{ apiKeys(orderBy: { field: "${token}" }) { totalCount } }`),
    await ask(server, 'query ($o: ApiKeyOrder) { apiKeys(orderBy: $o) { totalCount } }', {
      variables: { o: { field: token } },
    }),
    await ask(server, `{ "${token}" }`),
  ];
  for (const { errors } of answers) {
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain(token);
  }
  expect(server.lines.join('')).not.toContain(token);
});
