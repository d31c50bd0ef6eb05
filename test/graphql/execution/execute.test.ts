import fc from 'fast-check';
import {
  type DocumentNode,
  type ExecutionResult,
  execute as executeByGraphQL,
  type GraphQLSchema,
  getIntrospectionQuery,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { FieldErrors } from '../../../src/graphql/execution/field-errors.ts';
import { Plan } from '../../../src/graphql/execution/plan.ts';
import { execute } from '../../../src/graphql/execution/run.ts';
import { ResponseBudget } from '../../../src/graphql/response/response-budget.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../../support/properties.ts';
import { operations } from './made-up-operations.ts';
import { type Moods, madeUpSchema, rootValue } from './made-up-schema.ts';

const VARIABLES = { no: false, text: 'given' };

function planned(document: DocumentNode, of: GraphQLSchema = madeUpSchema): Plan {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('No operation');
  return new Plan(of, document, operation, coerced(document, of));
}

function coerced(document: DocumentNode, of: GraphQLSchema): Record<string, unknown> {
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  return getVariableValues(of, definitions, VARIABLES).coerced ?? {};
}

async function byPlan(plan: Plan, document: DocumentNode, context: unknown): Promise<ExecutionResult> {
  const variables = coerced(document, plan.schema);
  return execute({
    plan,
    root: rootValue,
    context,
    variables,
    errors: new FieldErrors(),
    budget: new ResponseBudget(1_000_000),
  });
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
        const plan = planned(document);
        expect(shown(await byPlan(plan, document, ours))).toEqual(shown(expected));
        await quiet();
        expect(ours.called).toEqual(theirs.called);
        expect(shown(await byPlan(plan, document, again))).toEqual(shown(expected));
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
  const ours = await byPlan(planned(document), document, moods({ seed: 1, wrong: 0, late: 0 }));
  expect(ours.data).toBeNull();
  expect(ours.errors?.map((error) => error.toJSON())).toEqual([
    { message: 'Even is an even number', path: ['other'], locations: [{ line: 3, column: 3 }] },
  ]);
  expect(shown(ours)).toEqual(shown(theirs));
});

it('begins a field of a mutation when the one before has ended', async () => {
  const document = parse('mutation { first: name branch { name } last: name }');
  const context = moods({ seed: 1, wrong: 0, late: 100 });
  await byPlan(planned(document), document, context);
  expect(context.called).toEqual([
    'Mutation first',
    'Mutation branch',
    'Branch branch.name',
    'Mutation last',
  ]);
});

it('answers under any name, those that objects have of their own among them', async () => {
  const document = parse('{ __proto__: plain constructor: plain toString: even }');
  const { data } = await byPlan(planned(document), document, moods({ seed: 1, wrong: 0, late: 0 }));
  expect(JSON.stringify(data)).toBe('{"__proto__":"text","constructor":"text","toString":2}');
});

it('answers the introspection of the whole schema as graphql-js does', async () => {
  const document = parse(getIntrospectionQuery());
  const expected = await executeByGraphQL({ schema, document });
  const plan = planned(document, schema);
  expect(await byPlan(plan, document, {})).toEqual(expected);
  expect(await byPlan(plan, document, {})).toEqual(expected);
});

it('says how much of a document it has worked out, each fragment as often as it is spread', async () => {
  const document = parse(
    '{ branch { ...Shared } other: branch { ...Shared } } fragment Shared on Branch { name plain }',
  );
  const plan = planned(document);
  expect(plan.size).toBe(0);
  await byPlan(plan, document, moods({ seed: 1, wrong: 0, late: 0 }));
  expect(plan.size).toBe(6);
});

it('leaves no failure unnoticed where a list fails while its first items are waited for', async () => {
  const unnoticed: unknown[] = [];
  const note = (error: unknown) => unnoticed.push(error);
  process.on('unhandledRejection', note);
  const document = parse('{ leaves { name oddNonNull } }');
  const plan = planned(document);
  for (let seed = 0; seed < 50; seed += 1) {
    const { data, errors } = await byPlan(plan, document, moods({ seed, wrong: 0, late: 50 }));
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    await quiet();
  }
  process.off('unhandledRejection', note);
  expect(unnoticed).toEqual([]);
});
