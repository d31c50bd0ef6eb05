import { expect, test } from 'vitest';
import { acceptedMediaType, asksFor } from '../../../src/http/graphql/accept.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

test.each([
  [undefined, JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  ['application/json, text/plain, */*', JSON_TYPE],
  [GRAPHQL_TYPE, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE}, ${JSON_TYPE};q=0.9`, GRAPHQL_TYPE],
  [`${JSON_TYPE}, ${GRAPHQL_TYPE}`, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE};q=0.1, ${JSON_TYPE};q=0.2`, JSON_TYPE],
  [`${JSON_TYPE};q=0, */*`, GRAPHQL_TYPE],
  ['APPLICATION/JSON; charset=UTF-8', JSON_TYPE],
  ['application/json; charset="utf-8"', JSON_TYPE],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', JSON_TYPE],
])('answers %j in %s', (accept, type) => {
  expect(acceptedMediaType(accept)).toBe(type);
});

test.each([
  'text/plain',
  'text/event-stream',
  'application/json; charset=latin1',
  'application/json;q=0',
  '',
])('has nothing for %j', (accept) => {
  expect(acceptedMediaType(accept)).toBeNull();
});

test('sees whether a type is asked for by its name', () => {
  expect(asksFor('text/html,*/*;q=0.8', 'text/html')).toBe(true);
  expect(asksFor('*/*', 'text/html')).toBe(false);
  expect(asksFor('text/html;q=0', 'text/html')).toBe(false);
  expect(asksFor(undefined, 'text/html')).toBe(false);
});
