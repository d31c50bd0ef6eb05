import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { REFUSABLE_FIELDS } from '../../schema/plugins/refusable-fields.ts';
import { covers } from '../../src/access/permissions.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { SHOWN_ONCE } from '../../src/graphql/response/response-sizes.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeOperatorToken, serverOn } from '../support/server.ts';
import { Place } from './world.ts';

type Field = GraphQLField<unknown, unknown>;

/** Without the one that only succeeds on the socket of a verifier, and whose payload has no fields that can be refused. */
const { reportVerifications: _, ...MUTATIONS } = schema.getMutationType()?.getFields() ?? {};

/** An input with which each mutation succeeds for a caller that has its permission and no other. */
const INPUTS: Readonly<Record<string, (place: Place) => Promise<object | null>>> = {
  createApiKey: async (place) => ({ ...(await keyProperties(place)), name: 'A key' }),
  importApiKeys: async (place) => {
    const { organizationId, ...properties } = await keyProperties(place);
    const key = { ...properties, foreignId: newId('key'), name: 'A key', algorithm: 'SHA256' };
    return { organizationId, keys: [{ ...key, hash: hashSecret(newId('key')) }] };
  },
  updateApiKey: async (place) => ({ id: (await target(place)).id, name: 'Renamed' }),
  updateApiKeys: async (place) => ({ ids: [(await target(place)).id], enabled: false }),
  rotateApiKey: async (place) => ({ id: (await target(place)).id }),
  revokeApiKey: async (place) => ({ id: (await target(place)).id }),
  revokeApiKeys: async (place) => ({ ids: [(await target(place)).id] }),
  revokeApiKeySecret: async (place) => {
    const { id } = await target(place);
    return { id: await place.idOf('api_key_secrets', 'api_key_id', id) };
  },
  verifyApiKey: async (place) => ({ key: (await target(place)).secret }),
  createRole: async ({ organizationId }) => ({ organizationId, name: newId('role'), permissions: [] }),
  updateRole: async (place) => ({ id: await place.role([]), description: 'Changed' }),
  deleteRole: async (place) => ({ id: await place.role([]) }),
  createTeam: async ({ organizationId }) => ({ organizationId, name: newId('team') }),
  updateTeam: async (place) => ({ id: await place.team(), name: newId('team') }),
  deleteTeam: async (place) => ({ id: await place.team() }),
  createOrganization: async () => ({ name: newId('org') }),
  updateOrganization: async ({ organizationId: id }) => ({ id, name: 'Renamed' }),
  inviteMember: async (place) => ({
    organizationId: place.organizationId,
    email: `${newId('user')}@example.com`,
    roleId: await place.role([]),
    teamIds: [place.boundTeamId],
  }),
  updateMember: async (place) => ({ id: (await place.join([])).membershipId, teamIds: [place.boundTeamId] }),
  removeMember: async (place) => ({ id: (await place.join([])).membershipId }),
  signIn: async (place) => ({ token: await place.link() }),
  signOut: async () => null,
  revokeSession: async () => ({ id: '$own' }),
};

async function keyProperties(place: Place) {
  const { organizationId, boundTeamId } = place;
  return { organizationId, roleId: await place.role([]), teamIds: [boundTeamId] };
}

/** A key with a role and a team, so that there are objects below it whose fields can be refused. */
async function target(place: Place): Promise<{ id: string; secret: string }> {
  return place.key(await keyProperties(place));
}

/** What a field's declared scopes require: a permission, a credential or nothing. */
function scopeOf(field: Field): string | null {
  const { authScopes } = (field.extensions.pothosOptions ?? {}) as { readonly authScopes?: unknown };
  const parent = { id: 'org', organizationId: 'org' };
  const context = { principal: systemPrincipal('test') };
  const args = { organizationId: newId('org') };
  const scopes: object =
    typeof authScopes === 'function' ? authScopes(parent, args, context) : (authScopes ?? {});
  const [scope, value] = Object.entries(scopes)[0] ?? [];
  if (scope === undefined || scope === 'authenticated') return scope ?? null;
  return Array.isArray(value) ? String(value[1]) : String(value);
}

function payloadOf(mutation: string): GraphQLObjectType {
  const named = getNamedType(MUTATIONS[mutation]?.type);
  const members = isUnionType(named) ? named.getTypes() : [named];
  const payload = members.find((one) => one?.name.endsWith('Payload'));
  if (!isObjectType(payload)) throw new Error(`${mutation} has no payload`);
  return payload;
}

/** Fields that are not refused, without arguments to choose. */
function leavesOf(type: GraphQLObjectType): string {
  const leaves = Object.values(type.getFields()).filter(
    (field) => isLeafType(getNamedType(field.type)) && scopeOf(field) === null,
  );
  return ['__typename', ...leaves.map(({ name }) => name)].join(' ');
}

interface Below {
  readonly type: GraphQLObjectType;
  /** Selects something within this type's selection. */
  readonly around: (selection: string) => string;
}

/** Every object type that can be reached from a payload without passing a field that is refused, each once. */
function reachableFrom(payload: GraphQLObjectType): Below[] {
  const found: Below[] = [{ type: payload, around: (selection) => selection }];
  const known = new Set<string>([payload.name]);
  for (const { type, around } of found) {
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (!isObjectType(named) || known.has(named.name) || scopeOf(field) !== null) continue;
      known.add(named.name);
      found.push({
        type: named,
        around: (selection) => around(`${leavesOf(type)} ${field.name} { ${selection} }`),
      });
    }
  }
  return found;
}

function refusableOf(type: GraphQLObjectType, held: readonly string[]): Field[] {
  return Object.values(type.getFields()).filter((field) => {
    const scope = scopeOf(field);
    return scope !== null && scope !== 'authenticated' && !covers(held, scope);
  });
}

/** Mutations of several keys, and what costs more for the organization of each of them than an operation may. */
const OF_SEVERAL: ReadonlySet<string> = new Set(['updateApiKeys', 'importApiKeys', 'revokeApiKeys']);
const COSTLY: ReadonlySet<string> = new Set(['denialSummary']);

/** For each mutation and each type below its payload that has any, the fields that its permission doesn't cover. */
const CHILDREN = Object.keys(MUTATIONS).flatMap((mutation) => {
  const permission = scopeOf(MUTATIONS[mutation] as Field) ?? '';
  return reachableFrom(payloadOf(mutation))
    .map((below) => ({ ...below, refusable: refusableOf(below.type, [permission]) }))
    .map(({ refusable, ...below }) => ({
      ...below,
      refusable: refusable.filter(({ name }) => !OF_SEVERAL.has(mutation) || !COSTLY.has(name)),
    }))
    .filter(({ refusable }) => refusable.length > 0)
    .map((one) => [mutation, one.type.name, one] as const);
});

const call = (mutation: string, variable: string, selection: string): string => {
  const { name } = payloadOf(mutation);
  const inner = isUnionType(getNamedType(MUTATIONS[mutation]?.type))
    ? `{ __typename ... on ${name} { ${selection} } }`
    : `{ ${selection} }`;
  return `${mutation}(input: $${variable}) ${inner}`;
};

const inputType = (mutation: string): string => String(MUTATIONS[mutation]?.args[0]?.type);

const FORBIDDEN_SIBLINGS: Readonly<Record<string, string>> = {
  'team.manage': 'deleteTeam(input: { id: "team_none" }) { __typename }',
  'role.manage': 'deleteRole(input: { id: "role_none" }) { __typename }',
};

function at(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], data);
}

describe('every mutation', () => {
  test('has an input here', () => {
    expect(Object.keys(INPUTS).sort()).toEqual(Object.keys(MUTATIONS).sort());
  });

  test('is nullable, and so is every field that needs a permission', () => {
    const strict: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type === schema.getSubscriptionType()) continue;
      for (const field of Object.values(type.getFields())) {
        const scope = scopeOf(field);
        const refusable = type === schema.getMutationType() || (scope !== null && scope !== 'authenticated');
        if (refusable && isNonNullType(field.type)) strict.push(`${type.name}.${field.name}`);
      }
    }
    expect(strict).toEqual([]);
  });

  test('returns what can be refused below it, if it returns keys, secrets, roles, teams, members or an organization', () => {
    const types = new Set(CHILDREN.map(([, , { type }]) => type.name));
    expect(types).toEqual(new Set(['ApiKey', 'ApiKeySecret', 'Role', 'Team', 'Organization']));
    expect(CHILDREN.length).toBeGreaterThan(30);
  });
});

describe('a schema with a non-null field that can be refused', () => {
  const build = (nullable: boolean, authScopes: object | (() => object), kind: 'Query' | 'Mutation') => {
    const builder = new SchemaBuilder<{ AuthScopes: { authenticated: boolean; permission: string } }>({
      plugins: [REFUSABLE_FIELDS, ScopeAuthPlugin],
      scopeAuth: { authScopes: () => ({ authenticated: true, permission: () => true }) },
    });
    builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) });
    builder.mutationType({ fields: (t) => ({ ok: t.boolean({ nullable: true, resolve: () => true }) }) });
    const options = { nullable, authScopes, resolve: () => 'a' } as const;
    if (kind === 'Query') builder.queryField('secret', (t) => t.string(options as never));
    else builder.mutationField('secret', (t) => t.string(options as never));
    return builder.toSchema();
  };

  test('can’t be built', () => {
    expect(() => build(false, { permission: 'a' }, 'Query')).toThrow('Query.secret can be refused');
    expect(() => build(false, () => ({ permission: 'a' }), 'Query')).toThrow('Query.secret can be refused');
    expect(() => build(false, {}, 'Mutation')).toThrow('Mutation.secret can be refused');
    expect(() => build(true, { permission: 'a' }, 'Query')).not.toThrow();
    expect(() => build(false, { authenticated: true }, 'Query')).not.toThrow();
  });
});

onEachDatabase('what is refused next to a mutation or below it', (engine) => {
  // A mutation is limited by how large its response could be, not by how large it is.
  const { http } = parseConfig({});
  const server = serverOn(engine, { config: { http: { ...http, responseBytes: 2 ** 26 } } });
  let place: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
  });

  /** A caller with the permission that the mutation needs, and no other. */
  async function callerFor(mutation: string, kind: 'key' | 'person') {
    const scope = scopeOf(MUTATIONS[mutation] as Field);
    if (scope === null) return {};
    if (mutation === 'createOrganization') return { token: await makeOperatorToken(server(), newId('op')) };
    const held = scope === 'authenticated' ? [] : [scope];
    if (kind === 'key' && held.length > 0) return { token: (await place.key({ grants: held })).secret };
    const { token, sessionId } = await place.join(held);
    return { token, sessionId };
  }

  async function inputFor(mutation: string, sessionId: string | undefined): Promise<object | null> {
    const input = await INPUTS[mutation]?.(place);
    return JSON.parse(JSON.stringify(input ?? null).replaceAll('$own', sessionId ?? '')) as object | null;
  }

  describe.each(['key', 'person'] as const)('leaves what a %s may see:', (kind) => {
    test.each(Object.keys(MUTATIONS))('siblings of %s', async (mutation) => {
      const { token, sessionId } = await callerFor(mutation, kind);
      const scope = scopeOf(MUTATIONS[mutation] as Field);
      const sibling = FORBIDDEN_SIBLINGS[scope === 'team.manage' ? 'role.manage' : 'team.manage'];
      const document = `mutation ($input: ${inputType(mutation)}) {
        before: ${sibling} main: ${call(mutation, 'input', leavesOf(payloadOf(mutation)))} after: ${sibling} }`;
      const variables = { input: await inputFor(mutation, sessionId) };
      const { data, errors } = await ask(server(), document, {
        variables,
        ...(token !== undefined && { token }),
      });
      if (mutation === 'createOrganization') expect(data.before.__typename).toBe('NotFoundError');
      else {
        expect(data).toMatchObject({ before: null, after: null });
        const code = token === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN';
        expect(errors.map(({ path, extensions }) => [path?.[0], extensions.code])).toEqual([
          ['before', code],
          ['after', code],
        ]);
      }
      expect(data.main).toMatchObject({ __typename: payloadOf(mutation).name });
      for (const shown of SHOWN_ONCE) {
        const [type, field = ''] = shown.split('.');
        if (type === payloadOf(mutation).name) expect(data.main[field]).toEqual(expect.any(String));
      }
    });

    test.each(CHILDREN)(
      '%s, with refused fields of %s',
      async (mutation, _type, { around, type, refusable }) => {
        const { token, sessionId } = await callerFor(mutation, kind);
        if (mutation === 'createOrganization') return;
        const asked = refusable.map((field) =>
          [
            field.name,
            field.args.some(({ name }) => name === 'first') && '(first: 1)',
            !isLeafType(getNamedType(field.type)) && ' { __typename }',
          ]
            .filter(Boolean)
            .join(''),
        );
        const document = `mutation ($input: ${inputType(mutation)}) {
        main: ${call(mutation, 'input', around(`${leavesOf(type)} ${asked.join(' ')}`))} }`;
        const variables = { input: await inputFor(mutation, sessionId) };
        const { data, errors } = await ask(server(), document, {
          variables,
          ...(token !== undefined && { token }),
        });
        expect(errors.filter(({ path }) => !path)).toEqual([]);
        expect(errors.map(({ path }) => String(path?.at(-1))).sort()).toEqual(
          refusable.map(({ name }) => name).sort(),
        );
        for (const { path = [], extensions } of errors) {
          expect(extensions.code).toBe('FORBIDDEN');
          expect(at(data, path)).toBeNull();
          expect(at(data, path.slice(0, -1))).toMatchObject({ __typename: type.name });
        }
        for (const shown of SHOWN_ONCE) {
          const [name, field = ''] = shown.split('.');
          if (name === payloadOf(mutation).name) expect(data.main[field]).toEqual(expect.any(String));
        }
      },
    );
  });

  const permissioned = Object.keys(MUTATIONS).filter((mutation) => {
    const scope = scopeOf(MUTATIONS[mutation] as Field);
    return mutation === 'createOrganization' || (scope !== null && scope !== 'authenticated');
  });

  test.each(permissioned.filter((mutation) => mutation !== 'createApiKey'))(
    'a new secret arrives next to a forbidden %s',
    async (mutation) => {
      const { token } = await callerFor('createApiKey', 'key');
      const document = `mutation ($create: CreateApiKeyInput!, $input: ${inputType(mutation)}) {
        forbidden: ${mutation}(input: $input) { __typename }
        main: ${call('createApiKey', 'create', 'secret')} }`;
      const variables = { create: { name: 'A key' }, input: await inputFor(mutation, undefined) };
      const { data, errors } = await ask(server(), document, { variables, token: token ?? '' });
      expect(data).toMatchObject({ forbidden: null, main: { secret: expect.stringMatching(/^kw_live_/) } });
      expect(errors).toMatchObject([{ path: ['forbidden'], extensions: { code: 'FORBIDDEN' } }]);
    },
  );
});
