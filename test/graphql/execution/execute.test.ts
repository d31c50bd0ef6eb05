import fc from 'fast-check';
import {
  type DocumentNode,
  type ExecutionResult,
  execute as executeByGraphQL,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getIntrospectionQuery,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { execute } from '../../../src/graphql/execution/execute.ts';
import { Plan } from '../../../src/graphql/execution/plan.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../../support/properties.ts';
import { operations } from './made-up-operations.ts';
import { type Moods, madeUpSchema, rootValue } from './made-up-schema.ts';

const VARIABLES = { no: false, text: 'given' };

async function executed(
  document: DocumentNode,
  contextValue: unknown,
  { of = madeUpSchema, plan }: { readonly of?: GraphQLSchema; readonly plan?: Plan } = {},
): Promise<ExecutionResult> {
  return execute({ schema: of, document, rootValue, contextValue, variableValues: VARIABLES, plan });
}

function planned(document: DocumentNode): Plan {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('No operation');
  return new Plan(madeUpSchema, document, operation, {});
}

/** As it is answered; of a value that was of the wrong kind, graphql-js says what it was. */
function shown({ data, errors }: ExecutionResult): unknown {
  const plain = (message: string) =>
    message
      .replace(/^(Expected (?:value of type|a value of type)) ("\w+").*$/s, '$1 $2')
      .replace('Expected value', 'Expected a value');
  const seen = errors?.map((error) => ({
    ...error.toJSON(),
    message: plain(error.message),
    cause: error.originalError?.message && plain(error.originalError.message),
  }));
  return JSON.parse(JSON.stringify({ data, errors: seen }));
}

/** An answer may be there before fields that no longer matter have ended: each takes a turn, one below the other. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

const moods = (given: Omit<Moods, 'called'>): Moods => ({ ...given, called: [] });

it(
  'answers every operation as graphql-js does, with the same errors in the same order',
  async () => {
    const chances = fc.record({
      seed: fc.nat(),
      wrong: fc.constantFrom(0, 5, 20, 50),
      late: fc.constantFrom(0, 30, 100),
    });
    await fc.assert(
      fc.asyncProperty(operations(madeUpSchema), chances, async (text, chance) => {
        const document = parse(text);
        fc.pre(validate(madeUpSchema, document).length === 0);
        const [theirs, ours, again] = [moods(chance), moods(chance), moods(chance)];
        const expected = await executeByGraphQL({
          schema: madeUpSchema,
          document,
          rootValue,
          contextValue: theirs,
          variableValues: VARIABLES,
        });
        await quiet();
        expect(shown(await executed(document, ours))).toEqual(shown(expected));
        await quiet();
        expect(ours.called).toEqual(theirs.called);
        expect(shown(await executed(document, again))).toEqual(shown(expected));
        await quiet();
        expect(again.called).toEqual(theirs.called);
      }),
      runs(300, { seed: 20_261_128 }),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

it('reports what was thrown, where in the document and where in the answer', async () => {
  const document = parse('{\n  name\n  other: oddNonNull\n}');
  const theirs = await executeByGraphQL({
    schema: madeUpSchema,
    document,
    rootValue,
    contextValue: moods({ seed: 1, wrong: 0, late: 0 }),
  });
  const ours = await executed(document, moods({ seed: 1, wrong: 0, late: 0 }));
  expect(ours.data).toBeNull();
  expect(ours.errors?.map((error) => error.toJSON())).toEqual([
    { message: 'Even is an even number', path: ['other'], locations: [{ line: 3, column: 3 }] },
  ]);
  expect(shown(ours)).toEqual(shown(theirs));
});

it('begins a field of a mutation when the one before has ended', async () => {
  const document = parse('mutation { first: name branch { name } last: name }');
  const context = moods({ seed: 1, wrong: 0, late: 100 });
  await executed(document, context);
  expect(context.called).toEqual([
    'Mutation first',
    'Mutation branch',
    'Branch branch.name',
    'Mutation last',
  ]);
});

it('answers under any name, those that objects have of their own among them', async () => {
  const document = parse('{ __proto__: plain constructor: plain toString: even }');
  const { data } = await executed(document, moods({ seed: 1, wrong: 0, late: 0 }));
  expect(JSON.stringify(data)).toBe('{"__proto__":"text","constructor":"text","toString":2}');
});

it('answers the introspection of the whole schema as graphql-js does', async () => {
  const document = parse(getIntrospectionQuery());
  const expected = await executeByGraphQL({ schema, document });
  for (const _time of [1, 2]) expect(await executed(document, {}, { of: schema })).toEqual(expected);
});

it('says how much of a document it has worked out, each fragment as often as it is spread', async () => {
  const document = parse(
    '{ branch { ...Shared } other: branch { ...Shared } } fragment Shared on Branch { name plain }',
  );
  const plan = planned(document);
  expect(plan.size).toBe(0);
  await executed(document, moods({ seed: 1, wrong: 0, late: 0 }), { plan });
  expect(plan.size).toBe(6);
});

it('leaves no failure unnoticed where a list fails while its first items are waited for', async () => {
  const unnoticed: unknown[] = [];
  const note = (error: unknown) => unnoticed.push(error);
  process.on('unhandledRejection', note);
  const document = parse('{ leaves { name oddNonNull } }');
  const plan = planned(document);
  for (let seed = 0; seed < 50; seed += 1) {
    const { data, errors } = await executed(document, moods({ seed, wrong: 0, late: 50 }), { plan });
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    await quiet();
  }
  process.off('unhandledRejection', note);
  expect(unnoticed).toEqual([]);
});

it('waits for every item of a list, whether it comes at once, later or by a promise of its own kind', async () => {
  // Calls back immediately, which a promise of JavaScript never does.
  // biome-ignore lint/suspicious/noThenProperty: it is meant to be awaited.
  const immediate = (value: string) => ({ then: (done: (value: string) => unknown) => done(value) });
  const fields = { list: { type: new GraphQLList(GraphQLString) } };
  const of = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
  const later = new Promise((resolve) => setImmediate(resolve, 'later'));
  const root = { list: [immediate('first'), 'at once', later, Promise.resolve('soon'), null] };
  const result = await execute({ schema: of, document: parse('{ list }'), rootValue: root });
  expect(result).toEqual({ data: { list: ['first', 'at once', 'later', 'soon', null] } });
});

describe('where the client has gone', () => {
  const build = (aborts: AbortController) => {
    const called: string[] = [];
    const field = (name: string, ends = false) => ({
      type: GraphQLString,
      resolve: async () => {
        called.push(name);
        await Promise.resolve();
        if (ends) aborts.abort();
        return name;
      },
    });
    const Inner = new GraphQLObjectType({ name: 'Inner', fields: { late: field('late') } });
    const fields = {
      first: field('first', true),
      inner: { type: Inner, resolve: () => new Promise((resolve) => setImmediate(resolve, {})) },
    };
    const query = new GraphQLObjectType({ name: 'Query', fields });
    const mutation = new GraphQLObjectType({ name: 'Mutation', fields });
    return { called, of: new GraphQLSchema({ query, mutation }) };
  };

  it('resolves no further field of a query', async () => {
    const aborts = new AbortController();
    const { called, of } = build(aborts);
    const document = parse('{ first inner { late } }');
    const result = await execute({ schema: of, document, signal: aborts.signal });
    expect(result).toMatchObject({ data: null, errors: [{ message: 'The client closed the request' }] });
    expect(called).toEqual(['first']);
  });

  it('finishes a mutation', async () => {
    const aborts = new AbortController();
    const { called, of } = build(aborts);
    const document = parse('mutation { first inner { late } }');
    const result = await execute({ schema: of, document, signal: aborts.signal });
    expect(result).toEqual({ data: { first: 'first', inner: { late: 'late' } } });
    expect(called).toEqual(['first', 'late']);
  });
});
