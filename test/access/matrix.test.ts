import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { idType, newId } from '../../src/core/ids.ts';
import { encodeCursor } from '../../src/realtime/cursor.ts';
import { onEachDatabase } from '../support/databases.ts';
import { serverOn } from '../support/server.ts';
import { answerOf, outcomeOf } from './answers.ts';
import {
  CALLERS,
  type Caller,
  ID_ARGUMENTS,
  MUTATIONS,
  NODES,
  OTHER_IDS,
  outcomesOf,
  PARTS,
  QUERIES,
  SUBSCRIPTIONS,
  VIEWER,
} from './matrix.ts';
import { made, Place, tokenOf } from './world.ts';

const fieldsOf = (typeName: string): Readonly<Record<string, GraphQLField<unknown, unknown>>> => {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no object type ${typeName}`);
  return type.getFields();
};

/** What is asked of a field's value: a list's length where there is one, else only what it is. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  return named.name.endsWith('Connection') ? '{ totalCount nodes { __typename } }' : '{ __typename }';
}

/** A field with arguments as variables. */
function documentOf(
  kind: string,
  typeName: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
): string {
  const field = fieldsOf(typeName)[name];
  if (!field) throw new Error(`There is no field ${typeName}.${name}`);
  const given = field.args.filter((arg) => arg.name in args);
  const declared = given.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const call = `${name}${passed && `(${passed})`} ${selectionOf(field.type)}`;
  const whole = typeName === 'Viewer' ? `viewer { ${call} }` : call;
  return `${kind} ${declared && `(${declared})`} { ${whole} }`;
}

/** The ids that an argument takes: its own name, and paths within an input object. */
function idPaths(name: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [name];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) => idPaths(`${name}.${field.name}`, field.type));
}

/** Every argument of the schema that takes an id, as `Type.field(path)`. */
function idArguments(): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.values(fieldsOf(type.name)).flatMap((field) =>
        field.args
          .flatMap((arg) => idPaths(arg.name, arg.type))
          .map((path) => `${type.name}.${field.name}(${path})`),
      ),
    );
}

describe('the matrix', () => {
  const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

  test('has a row for every mutation, query and subscription', () => {
    expect(sorted(MUTATIONS.map(([field]) => field))).toEqual(sorted(Object.keys(fieldsOf('Mutation'))));
    expect(sorted(QUERIES.map(([field]) => field))).toEqual(sorted(Object.keys(fieldsOf('Query'))));
    expect(sorted(SUBSCRIPTIONS.map(([field]) => field))).toEqual(
      sorted(Object.keys(fieldsOf('Subscription'))),
    );
    expect(sorted(VIEWER.map(([field]) => field))).toEqual(sorted(Object.keys(fieldsOf('Viewer'))));
  });

  test('has a row for every field of whatever has an id, and knows what all else is a part of', () => {
    for (const [typeName, { fields }] of Object.entries(NODES)) {
      const names = fields.flatMap(([list]) => list.split(' '));
      expect(names.length, typeName).toBe(new Set(names).size);
      expect(sorted(names), typeName).toEqual(sorted(Object.keys(fieldsOf(typeName))));
    }
    const others = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !(type.name in NODES))
      .map(({ name }) => name)
      .filter((name) => !/(?:Connection|Edge|Payload|Error)$/.test(name));
    expect(sorted(others)).toEqual(sorted(PARTS));
  });

  test('knows every argument that takes an id', () => {
    const known = [
      ...Object.keys(ID_ARGUMENTS),
      ...OTHER_IDS,
      ...MUTATIONS.flatMap(([field, , input]) => mutationIds(field, input)),
    ];
    expect(sorted(idArguments().filter((name) => !known.includes(name)))).toEqual([]);
  });
});

/** The arguments of a mutation's row that take ids, as far as the row has them. */
function mutationIds(field: string, input: Readonly<Record<string, unknown>> | null): string[] {
  return thingPaths('input', input).map((path) => `Mutation.${field}(${path})`);
}

/** The paths of things that the world makes. Entries of a list have the path of the list. */
function thingPaths(path: string, value: unknown): string[] {
  if (typeof value === 'string') return /^\$[a-z]/i.test(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((one) => thingPaths(path, one));
  return Object.entries(value ?? {}).flatMap(([key, one]) => thingPaths(`${path}.${key}`, one));
}

onEachDatabase('who is answered what', (engine) => {
  const server = serverOn(engine);
  const tokens = new Map<Caller, string | undefined>();
  let place: Place;
  let other: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
    other = await Place.make(server().services, 'Other');
    for (const caller of CALLERS) tokens.set(caller, await tokenOf(caller, place, other));
  });

  /** What everybody is answered to a document, beside what the table says. */
  async function cross(
    row: string,
    answer: (caller: Caller, token: string | undefined) => Promise<string>,
  ): Promise<void> {
    const answers = CALLERS.map(
      async (caller) => [caller, await answer(caller, tokens.get(caller))] as const,
    );
    const actual = Object.fromEntries(await Promise.all(answers));
    expect(actual).toEqual(Object.fromEntries(outcomesOf(row)));
  }

  describe('to the mutation', () => {
    test.each(MUTATIONS)('%s: %s', async (field, _what, template, row) => {
      const document = documentOf('mutation', 'Mutation', field, template ? { input: null } : {});
      await cross(row, async (caller, token) => {
        const input = await made(template, place);
        // These end the session that asks, and the rows below need theirs.
        const own = ['signIn', 'signOut'].includes(field) ? await tokenOf(caller, place, other) : token;
        const text = field === 'verifyApiKey' ? document.replace('__typename', '__typename code') : document;
        return outcomeOf(await answerOf(server(), text, own, input ? { input } : {}), field);
      });
    });
  });

  describe('to the query', () => {
    test.each(QUERIES)('%s', async (field, template, row) => {
      const args = await made(template, place);
      const document = documentOf('query', 'Query', field, args);
      await cross(row, async (_caller, token) =>
        outcomeOf(await answerOf(server(), document, token, args), field),
      );
    });
  });

  describe('to the subscription', () => {
    test.each(SUBSCRIPTIONS)('%s', async (field, template, row) => {
      const args = await made(template, place);
      const document = documentOf('subscription', 'Subscription', field, args);
      await cross(row, async (_caller, token) =>
        outcomeOf(await answerOf(server(), document, token, args), field),
      );
    });
  });

  describe('to the field of viewer', () => {
    test.each(VIEWER)('%s', async (field, template, row) => {
      const args = await made(template, place);
      const document = documentOf('query', 'Viewer', field, args);
      await cross(row, async (_caller, token) =>
        outcomeOf(await answerOf(server(), document, token, args), 'viewer'),
      );
    });
  });

  const cells = Object.entries(NODES).flatMap(([typeName, { id, fields }]) =>
    fields.flatMap(([names, row]) => names.split(' ').map((name) => [typeName, name, id, row] as const)),
  );

  describe('to the field', () => {
    const ids = new Map<string, Promise<string>>();
    test.each(cells)('%s.%s', async (typeName, name, thing, row) => {
      const id = await (ids.get(thing) ?? made(thing, place));
      ids.set(thing, Promise.resolve(id));
      const field = fieldsOf(typeName)[name];
      const selection = field ? selectionOf(field.type) : '';
      const document = `query ($id: ID!) { node(id: $id) { ... on ${typeName} { ${name} ${selection} } } }`;
      await cross(row, async (_caller, token) =>
        outcomeOf(await answerOf(server(), document, token, { id }), 'node'),
      );
    });
  });

  describe('an id of another organization is answered as one that doesn’t exist', () => {
    /** An id of the same kind, of nothing. */
    const unknown = (id: string): string => newId(idType(id) ?? 'org');
    const insiders = CALLERS.filter((caller) => !['nobody', 'stranger', 'operator'].includes(caller));

    async function expectAlike(
      theirs: string,
      answer: (id: string, token: string | undefined) => Promise<unknown>,
    ): Promise<void> {
      const none = unknown(theirs);
      const compared = insiders.map(async (caller) => {
        const [real, unreal] = [theirs, none].map(async (id) => {
          const text = JSON.stringify(await answer(id, tokens.get(caller)));
          // What else the input names is made for each call.
          return text.replaceAll(id, '<id>').replace(/\b[a-z]{2,4}_[0-9a-z]{26}\b/g, '<made>');
        });
        expect(await real, caller).toBe(await unreal);
      });
      await Promise.all(compared);
    }

    test.each(Object.entries(ID_ARGUMENTS))('in %s', async (name, [thing, text]) => {
      const kind = name.startsWith('Subscription.') ? 'subscription' : 'query';
      const answer = (id: string, token: string | undefined) =>
        answerOf(server(), `${kind} ($id: ID!) ${text}`, token, { id });
      await expectAlike(await made(thing, other), answer);
      // The question can tell one that exists from one that doesn't, where it may.
      const own = await Place.make(server().services, 'Own');
      const { token } = await own.join('owner');
      const id = await made(thing, own);
      expect(await answer(id, token)).not.toEqual(await answer(unknown(id), token));
    });

    test.each(['$organization', '$secret', '$role', '$team', '$membership', '$user', '$entry', '$session'])(
      'in node, of %s',
      async (thing) => {
        const theirs = await made(thing, other);
        const document = 'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id, $id]) { id } }';
        await expectAlike(theirs, (id, token) => answerOf(server(), document, token, { id }));
      },
    );

    const inputs = MUTATIONS.flatMap(([field, , input]) =>
      mutationIds(field, input).map((name) => [name, field, input] as const),
    ).filter(([name], index, all) => all.findIndex(([one]) => one === name) === index);

    test.each(inputs.filter(([name]) => idArguments().includes(name)))(
      'in %s',
      async (name, field, template) => {
        const key = name.replace(/.*input\.|\)/g, '');
        const value = template?.[key];
        const thing = String(Array.isArray(value) ? value[0] : value);
        const document = documentOf('mutation', 'Mutation', field, { input: null }).replace(
          '__typename',
          '__typename ... on Error { message } ... on NotFoundError { id }',
        );
        const theirs = await made(thing, other);
        await expectAlike(theirs, async (id, token) => {
          const rest = await made({ ...template, [key]: null }, place);
          const input = { ...rest, [key]: Array.isArray(value) ? [id] : id };
          return answerOf(server(), document, token, { input });
        });
      },
    );
  });

  describe('a cursor of another organization shows nothing of it', () => {
    const LISTS = ['apiKeys', 'auditLog', 'members', 'roles', 'teams'];

    test.each(LISTS)('in %s', async (list) => {
      const ask = (caller: Caller, document: string, variables: Record<string, unknown> = {}) =>
        answerOf(server(), document, tokens.get(caller), variables);
      const own = await ask('stranger', `{ organization { ${list} { pageInfo { endCursor } } } }`);
      const cursor = own.data.organization[list].pageInfo.endCursor;
      expect(cursor).toEqual(expect.any(String));
      for (const argument of ['after', 'before']) {
        const document = `query ($cursor: String) { organization { ${list}(${argument}: $cursor) { nodes { id } } } }`;
        const { data, errors } = await ask('owner', document, { cursor });
        expect(errors).toEqual([]);
        const ids = data.organization[list].nodes.map(({ id }: { id: string }) => id);
        const seenBy = async (caller: Caller): Promise<number> => {
          const answer = await ask(caller, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
          return answer.data.nodes.filter(Boolean).length;
        };
        expect([await seenBy('owner'), await seenBy('stranger')]).toEqual([ids.length, 0]);
      }
    });

    test('in apiKeyChanged', async () => {
      const document = 'subscription ($after: String) { apiKeyChanged(after: $after) { cursor } }';
      const refusal = async (after: string) =>
        (await answerOf(server(), document, tokens.get('owner'), { after })).errors;
      const theirs = await refusal(encodeCursor(other.organizationId, 1));
      expect(theirs).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
      expect(await refusal(encodeCursor(newId('org'), 1))).toEqual(theirs);
    });
  });
});
