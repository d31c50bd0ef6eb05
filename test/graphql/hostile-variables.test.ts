import { beforeAll, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { expectLinear, hostileTexts, textPlaces, WITHOUT_LIMITS } from '../support/hostile.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';

/** Characters of one pattern: quadratic time shows, and a hundred places are soon through. */
const FIELD = 20_000;

const server = serverOn('sqlite', { config: WITHOUT_LIMITS });
let token = '';
beforeAll(async () => {
  ({ sessionToken: token } = await makeMember(server()));
});

test.each(textPlaces(schema).map((place) => [place.name, place] as const))(
  'hostile text in %s costs no more than its length',
  async (_name, { query, variables }) => {
    const door = async (text: string) => {
      const { status } = await ask(server(), query, { token, variables: variables(text) });
      expect(status).not.toBe(429);
    };
    await expectLinear(door, hostileTexts(FIELD));
  },
);

test('the places of the schema that take text are found', () => {
  const names = textPlaces(schema).map(({ name }) => name);
  expect(names).toContain('Mutation.signIn.input.token');
  expect(names).toContain('Mutation.createApiKey.input.ipAllowlist.many');
  expect(names).toContain('Organization.auditLog.filter.actorId');
  expect(names.length).toBeGreaterThan(100);
});
