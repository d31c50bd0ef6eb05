import { buildSchema, execute, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { GraphQLContext } from '../../../schema/context.ts';
import { directExecution } from '../../../src/graphql/subscriptions/direct-execution.ts';

const schema = buildSchema(`
  type Query { nothing: Int }
  type Subscription { event: Event! }
  interface Named { name: String }
  type Event implements Named {
    name: String
    count(plus: Int = 1): Int!
    key(id: ID): Key
    keys: [Key!]!
    other: Named
  }
  type Key implements Named { id: ID!  name: String  note: String }
  `);

const context = {} as GraphQLContext;
const key = { id: 'key_1', name: 'CI', note: null };
const event = {
  event: {
    name: 'used',
    count: ({ plus }: { plus: number }) => 41 + plus,
    key: ({ id }: { id?: string }) => ({ ...key, id: id ?? key.id }),
    keys: [key],
    other: { __typename: 'Key', ...key },
  },
};

function operationOf(text: string, variables = {}) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation');
  return { document, operation, variables };
}

describe('an operation of plain fields', () => {
  test.each([
    ['fields and aliases', '{ event { name again: name key { id } } }', {}],
    ['arguments, given and not', '{ event { count more: count(plus: 2) key(id: "key_2") { id } } }', {}],
    [
      'variables and their defaults',
      '($a: Int!, $b: Int = 5) { event { x: count(plus: $a) y: count(plus: $b) } }',
      { a: 3 },
    ],
    ['a field asked for twice', '{ event { key { id } key { name } key { id note } } }', {}],
    [
      'fragments',
      '{ event { ...E ... on Key { note } ... { name } } } fragment E on Named { name ... on Event { key { id } } }',
      {},
    ],
    ['type names', '{ __typename event { __typename key { __typename } } }', {}],
  ])('comes to what GraphQL makes of it: %s', async (_title, selection, variables) => {
    const subscription = operationOf(
      `subscription Events${selection.startsWith('(') ? '' : ' '}${selection}`,
      variables,
    );
    const { document } = subscription;
    const expected = await execute({
      schema,
      document,
      rootValue: event,
      contextValue: context,
      variableValues: variables,
    });
    expect(expected.errors).toBeUndefined();
    const data = directExecution(schema, subscription)?.(event, context);
    expect(JSON.stringify(data)).toBe(JSON.stringify(expected.data));
  });
});

describe('GraphQL itself has to execute', () => {
  test.each([
    ['lists', '{ event { keys { id } } }'],
    ['abstract types', '{ event { other { name } } }'],
    ['directives', '{ event { name @include(if: true) } }'],
    ['an alias that is more than a name to objects', '{ event { __proto__: name } }'],
    ['fragments with directives', '{ event { ... @skip(if: false) { name } } }'],
  ])('%s', (_title, selection) => {
    expect(directExecution(schema, operationOf(`subscription ${selection}`))).toBeNull();
  });

  test.each<[string, object]>([
    ['a null where there may be none', { count: null }],
    [
      'an error',
      {
        name: () => {
          throw new Error('no');
        },
      },
    ],
    ['an error in place of a value', { name: new Error('no') }],
    ['a value that its type refuses', { count: 'many' }],
  ])('%s, and the next event may be direct again', (_title, fault) => {
    const direct = directExecution(schema, operationOf('subscription { event { name count key { id } } }'));
    expect(direct?.({ event: { ...event.event, ...fault } }, context)).toBeNull();
    expect(direct?.(event, context)).toEqual({ event: { name: 'used', count: 42, key: { id: 'key_1' } } });
  });

  test('what is still to come, and does not try again', async () => {
    const direct = directExecution(schema, operationOf('subscription { event { key { id } } }'));
    const late = { event: { key: () => Promise.reject(new Error('nobody waits for it')) } };
    expect(direct?.(late, context)).toBeNull();
    expect(direct?.(event, context)).toBeNull();
  });
});
