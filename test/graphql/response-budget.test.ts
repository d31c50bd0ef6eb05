import fc from 'fast-check';
import { GraphQLError, getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { introspectionCost } from '../../src/graphql/cost/introspection-cost.ts';
import { jsonBytes, ResponseBudget } from '../../src/graphql/response/response-budget.ts';
import { runs } from '../support/properties.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('the size of JSON', () => {
  test('is what JSON.stringify writes, whatever the value', () => {
    const awkward = fc.string({ unit: 'binary' });
    const anything = fc.anything({
      values: [awkward, fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.integer()],
      key: awkward,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.dictionary(awkward, anything), (value) => {
        expect(jsonBytes(value, Number.POSITIVE_INFINITY)).toBe(bytesOf(value));
      }),
      runs(2_000),
    );
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = String.fromCharCode(unit);
      if (jsonBytes(text, 100) !== bytesOf(text)) throw new Error(`Differs for ${unit}`);
    }
  });

  test('of a huge value is not worked out to its end', () => {
    const visited: number[] = [];
    const value = Array.from({ length: 1_000 }, (_, n) => ({
      toJSON: () => {
        visited.push(n);
        return 'x'.repeat(100);
      },
    }));
    expect(jsonBytes(value, 1_000)).toBeGreaterThan(1_000);
    expect(visited.length).toBeLessThan(12);
  });
});

describe('a budget', () => {
  test('is never exceeded by what fits, and never refuses what is half as large', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.double(),
      fc.integer(),
      fc.constant(null),
    );
    const object = fc.array(fc.dictionary(fc.string({ maxLength: 10 }), leaf), { maxLength: 20 });
    fc.assert(
      fc.property(object, fc.integer({ min: 10, max: 5_000 }), (value, max) => {
        const budget = new ResponseBudget(max);
        let counted = true;
        try {
          budget.addValue(value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
          counted = false;
        }
        expect(budget.exceeded).toBe(!counted);
        if (counted && budget.fits(value)) expect(bytesOf(value)).toBeLessThanOrEqual(max);
        if (!counted) expect(bytesOf(value)).toBeGreaterThan(max / 3);
      }),
      runs(2_000),
    );
  });

  test('counts errors too', () => {
    const budget = new ResponseBudget(10_000);
    expect(() => {
      for (let n = 0; n < 100; n += 1) budget.addError(new GraphQLError('Not permitted'));
    }).toThrow('10000 bytes');
  });
});

describe('introspection costs', () => {
  const cost = (text: string): number => {
    const document = parse(text);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('No operation');
    return introspectionCost(schema, document, operation);
  };

  test('nothing where there is none, and about what it returns', () => {
    expect(cost('{ __typename viewer { __typename actor { __typename } } }')).toBe(0);
    const full = cost(getIntrospectionQuery());
    expect(full).toBeGreaterThan(2_000);
    expect(full).toBeLessThan(10_000);
    const types = (count: number) =>
      cost(
        `{ __schema { ${Array.from({ length: count }, (_, n) => `a${n}: types { name description }`).join(' ')} } }`,
      );
    expect(types(10)).toBeGreaterThan(9 * types(1));
  });

  test('as much in fragments as out of them', () => {
    const plain = cost(
      '{ a: __schema { types { name fields { name } } } b: __schema { types { name fields { name } } } }',
    );
    const spread = `{ ...A ... on Query { b: __schema { ...S } } } fragment A on Query { a: __schema { ...S } }
      fragment S on __Schema { types { ...T } } fragment T on __Type { name fields { name } }`;
    expect(cost(spread)).toBe(plain);
  });
});
