import {
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { operatorPrincipal, systemPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { idType, newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { limitApiKeys } from '../../src/organizations/limit-api-keys.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { updateTeam } from '../../src/teams/update-team.ts';
import { manualClock } from '../support/clock.ts';
import { onEachDatabase } from '../support/databases.ts';
import { CHANGED, present, rename, revoke, USED } from '../support/live.ts';
import { connectLive } from '../support/live-socket.ts';
import { ask, serverOn, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { eventually } from '../support/wait.ts';
import { answerOf, type MatrixAnswer, outcomeOf } from './answers.ts';
import { ID_ARGUMENTS, MUTATIONS, NODES } from './matrix.ts';
import { made, Place } from './world.ts';

/** What nobody outside the teams may find in an answer: names that only things outside have. */
const OUTSIDE = 'Outside';

/** Every list that leads to all objects of a type that a caller may see; the field asked about goes in place of `$`. */
const WAYS: Readonly<Record<string, string>> = {
  Organization: '{ organization { $ } }',
  Team: '{ organization { teams(first: 10) { totalCount nodes { id $ } } } }',
  User: '{ viewer { actor { ... on User { $ } } } }',
  Membership: '{ organization { members(first: 10) { totalCount nodes { id $ } } } }',
  Role: '{ organization { roles(first: 10) { totalCount nodes { id $ } } } }',
  ApiKey:
    '{ apiKeys(first: 10, filter: { status: [ACTIVE, DISABLED, EXPIRED, REVOKED] }) { totalCount nodes { id $ } } }',
  ApiKeySecret: '{ apiKeys(first: 10) { nodes { secrets { id $ } } } }',
  AuditEntry: '{ organization { auditLog(first: 40) { totalCount nodes { id $ } } } }',
  Session: '{ node(id: "ses_01jd0000000000000000000000") { ... on Session { $ } } }',
  Viewer: '{ viewer { $ } }',
};

/** Numbers of changes, which count all of the organization, and what differs between any two. */
const NUMBERED = ['sequence', 'cursor', 'startCursor', 'endCursor', 'slug'];

/** What costs too much to be asked of every row of a list: asked by itself. */
const COSTLY = ['usage', 'auditLog', 'denials', 'denialSummary'];

/** All that can be asked of a type, so many levels deep; `aliased` are fields that other types of a union have otherwise. */
function selectionOf(type: GraphQLNamedType, depth: number, aliased: readonly string[] = []): string {
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    const fields = types.flatMap((one) => Object.values(one.getFields()));
    const kinds = (name: string) =>
      new Set(fields.filter((field) => field.name === name).map(({ type: kind }) => String(kind)));
    const names = fields.map(({ name }) => name);
    const differing = names.filter((name) => kinds(name).size > 1);
    const parts = types.map((one) => `... on ${one.name} ${selectionOf(one, depth - 1, differing)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) throw new Error(`${type.name} has no fields`);
  const fields = Object.values(type.getFields())
    .filter(({ name, args }) => !NUMBERED.includes(name) && !args.some(isRequiredArgument))
    .flatMap((field) => {
      const alias = aliased.includes(field.name) ? `${type.name}_${field.name}: ` : '';
      return fieldOf(field, depth - 1).map((text) => `${alias}${text}`);
    });
  return `{ __typename ${fields.join(' ')} }`;
}

type Field = Pick<ReturnType<typeof fieldsOf>[number], 'name' | 'type'>;

/** A field with what is below it; none where that would be too deep. Rows are counted, and looked at once. */
function fieldOf({ name, type }: Field, depth: number): string[] {
  const named = getNamedType(type);
  if (isLeafType(named)) return [name];
  if (depth < 0 || name === 'edges' || (depth === 0 && COSTLY.includes(name))) return [];
  if (!named.name.endsWith('Connection')) return [`${name} ${selectionOf(named, depth)}`];
  const row = isObjectType(named) ? named.getFields().nodes?.type : undefined;
  if (!row) return [];
  return [`${name}(first: 5) { totalCount nodes ${selectionOf(getNamedType(row), Math.min(depth, 1))} }`];
}

function fieldsOf(typeName: string) {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no object type ${typeName}`);
  return Object.values(type.getFields());
}

const CELLS = Object.entries(WAYS).flatMap(([typeName, way]) =>
  fieldsOf(typeName)
    .filter(({ name, args }) => !NUMBERED.includes(name) && !args.some(isRequiredArgument))
    .map((field) => [`${typeName}.${field.name}`, way, field] as const),
);

onEachDatabase('an API key bound to teams', (engine) => {
  const start = Date.now();
  const server = serverOn(engine, { clock: manualClock(start) });
  /** Another, at the same times, where the key's organization has nothing but what the key may see. */
  const plainServer = serverOn(engine, { clock: manualClock(start) });
  let place: Place;
  let token: string;
  let plainToken: string;
  let shared: { id: string; secret: string };

  /** Makes what is inside the team in both organizations, step by step, and what is outside in one alone. */
  async function fill(on: TestServer, outside: boolean) {
    const { services, clock } = on;
    const at = await Place.make(services, 'Acme');
    const { ctx, organizationId, boundTeamId } = at;
    const operator = contextFor(services, operatorPrincipal(newId('op'), 'back-end'));
    const teamIds = [boundTeamId];
    const create = async (input: Partial<Parameters<typeof createApiKey>[1]>) => {
      clock.advance(1_000);
      const { apiKey, secret } = (await createApiKey(ctx, { organizationId, name: 'Inside', ...input }))
        .result;
      return { id: apiKey.id, secret };
    };
    const role = { organizationId, name: 'Reader', permissions: ['api.key.view'] };
    const { id: roleId } = (await createRole(ctx, role)).result;
    const { userId, sessionId } = await at.join('admin');
    const member = contextFor(services, userPrincipal(userId, sessionId, new Map([[organizationId, ['*']]])));
    const outsiders = outside ? [await at.team()] : [];
    for (const id of outsiders) await updateTeam(ctx, { id, name: `${OUTSIDE} team` });
    const caller = await create({ name: 'Caller', grants: ['*'], teamIds });
    const both = await create({ name: 'Shared', teamIds: [...teamIds, ...outsiders], roleId });
    const own = await create({ teamIds, roleId, metadata: { a: 1 }, description: 'Within the team' });
    clock.advance(1_000);
    const byMember = (await createApiKey(member, { organizationId, name: 'By a member', teamIds })).result;
    const wide = await create({ name: `${OUTSIDE} wide`, grants: ['*'] });
    for (const [secret, name] of [
      [wide.secret, 'First'],
      [caller.secret, 'Second'],
    ] as const) {
      clock.advance(1_000);
      const update =
        'mutation ($id: ID!, $name: String) { updateApiKey(input: { id: $id, name: $name }) { __typename } }';
      const { data } = await ask(on, update, {
        token: secret,
        variables: { id: own.id, name },
      });
      expect(data.updateApiKey.__typename).toBe('UpdateApiKeyPayload');
    }
    clock.advance(1_000);
    await updateApiKey(ctx, { id: own.id, name: 'Inside' });
    if (outside) await addOutside(at, roleId, outsiders);
    clock.advance(1_000);
    await rotateApiKey(operator, { id: both.id, overlapSeconds: 600 });
    await revokeApiKey(member, { id: byMember.apiKey.id, reason: 'Not needed' });
    for (const { secret } of [own, both]) await present(on, secret, '192.0.2.1');
    await present(on, byMember.secret);
    await services.usage.flush();
    return { at, caller, both };
  }

  /** Keys, people and roles that the key must not notice, with uses and denials. */
  async function addOutside(at: Place, roleId: string, teamIds: readonly string[]) {
    const { ctx, organizationId } = at;
    await createTeam(ctx, { organizationId, name: `${OUTSIDE} unused` });
    await at.join('member');
    const soon = server().clock.now() + 86_400_000;
    for (const input of [
      {},
      { teamIds },
      { roleId, expiresAt: soon },
      { environment: 'test' as const, roleId },
    ]) {
      const { apiKey, secret } = (
        await createApiKey(ctx, { organizationId, name: `${OUTSIDE} key`, externalId: OUTSIDE, ...input })
      ).result;
      await present(server(), secret);
      await rename(server(), apiKey.id, `${OUTSIDE} renamed`);
      if (input.environment) await revoke(server(), apiKey.id);
      await present(server(), secret);
    }
  }

  beforeAll(async () => {
    plainToken = (await fill(plainServer(), false)).caller.secret;
    const { at, caller, both } = await fill(server(), true);
    place = at;
    token = caller.secret;
    shared = both;
  });

  /**
   * An answer with ids and secrets by the order in which they come: alike for things that differ in nothing else.
   * Errors of fields that are resolved at the same time come in any order, so they are sorted.
   */
  function normalized({ data, errors }: MatrixAnswer): string {
    const labels = new Map<string, string>();
    const path = (error: MatrixAnswer['errors'][number]) => String(error.path);
    const sorted = errors.toSorted((one, other) => path(one).localeCompare(path(other)));
    return JSON.stringify({ data, errors: sorted }, null, 1)
      .replace(/\b([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}\b/g, (id, type: string) => {
        if (!labels.has(id)) labels.set(id, `${type} ${labels.size + 1}`);
        return labels.get(id) ?? id;
      })
      .replace(/\bkw_live_\w+/g, 'kw_live');
  }

  test('is not told how many keys there are where the organization may have no more', async () => {
    const at = await Place.make(server().services, 'Full');
    const { ctx, organizationId, boundTeamId } = at;
    const bound = { organizationId, name: 'Caller', grants: ['*'], teamIds: [boundTeamId] };
    const { secret } = (await createApiKey(ctx, bound)).result;
    for (let more = 0; more < 4; more += 1) await createApiKey(ctx, { organizationId, name: OUTSIDE });
    const cli = contextFor(server().services, systemPrincipal('cli'));
    await limitApiKeys(cli, { organization: organizationId, maxActiveApiKeys: 3 });
    const create = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
      ... on LimitExceededError { message limit current } } }`;
    const variables = { input: { name: 'One more', teamIds: [boundTeamId] } };
    const { data } = await ask(server(), create, { token: secret, variables });
    const message = 'The organization has reached its limit of active API keys';
    expect(data.createApiKey).toEqual({ message, limit: 3, current: 3 });
  });

  test('is asked about every type that has an id', () => {
    expect(Object.keys(WAYS)).toEqual(expect.arrayContaining(Object.keys(NODES)));
  });

  describe('is answered as if nothing were outside of its teams', () => {
    test.each(CELLS)('to %s', async (_title, way, field) => {
      const [text = ''] = fieldOf(field, 1);
      const document = way.replace('$', text);
      // Both always, at a time of its own: to ask is a use of the key, and uses are among what is compared.
      for (const one of [server(), plainServer()]) {
        one.clock.advance(1);
        // What is being written at this moment may not be counted yet.
        await one.services.usage.flush();
      }
      const [answer, alike] = [
        await answerOf(server(), document, token, {}),
        await answerOf(plainServer(), document, plainToken, {}),
      ];
      expect(JSON.stringify(answer)).not.toContain(OUTSIDE);
      expect(JSON.stringify(answer)).not.toContain('QUERY_TOO_COMPLEX');
      expect(JSON.stringify(answer)).not.toContain('BAD_REQUEST');
      expect(normalized(answer)).toBe(normalized(alike));
    });

    test('and sees what is within them', async () => {
      const { data } = await ask(
        server(),
        `{ apiKeys { totalCount nodes { name teams { name } createdBy { __typename ... on SystemActor { name } } } }
          organization { name keySummary { active revoked verifiedLastDay deniedLastDay } teams { nodes { name } } auditLog { totalCount } } }`,
        { token },
      );
      const names = data.apiKeys.nodes.map(({ name }: { name: string }) => name);
      expect(names).toEqual(['Inside', 'Shared', 'Caller']);
      expect(data.apiKeys.nodes[1].teams).toEqual([{ name: 'Bound' }]);
      expect(data.organization).toMatchObject({
        keySummary: { active: 3, revoked: 1, verifiedLastDay: expect.any(Number), deniedLastDay: 1 },
        teams: { nodes: [{ name: 'Bound' }] },
      });
      expect(data.organization.auditLog.totalCount).toBeGreaterThan(5);
    });
  });

  describe('is answered to an id outside of them as to one that doesn’t exist', () => {
    const THINGS = [
      '$key',
      '$strongKey',
      '$secret',
      '$secretText',
      '$team',
      '$usedTeam',
      '$creator',
      '$user',
      '$entry',
    ];

    async function expectAlike(thing: string, answer: (id: string) => Promise<unknown>) {
      const id = await made(thing, place);
      const none = newId(idType(id) ?? 'key');
      const [real, unreal] = [await answer(id), await answer(none)];
      expect(JSON.stringify(real).replaceAll(id, '')).toBe(JSON.stringify(unreal).replaceAll(none, ''));
    }

    const reads = Object.entries(ID_ARGUMENTS).filter(([, [thing]]) => THINGS.includes(thing));
    test.each(reads)('in %s', async (name, [thing, text]) => {
      const kind = name.startsWith('Subscription.') ? 'subscription' : 'query';
      await expectAlike(thing, (id) => answerOf(server(), `${kind} ($id: ID!) ${text}`, token, { id }));
    });

    test.each(THINGS.filter((thing) => thing !== '$secretText'))('in node, of %s', async (thing) => {
      const document = 'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }';
      await expectAlike(thing, (id) => answerOf(server(), document, token, { id }));
    });

    const inputs = MUTATIONS.flatMap(([field, what, input]) =>
      Object.entries(input ?? {})
        .filter(([, value]) => THINGS.includes(String(Array.isArray(value) ? value[0] : value)))
        .map(([key, value]) => [field, what, key, value, input] as const),
    );
    test.each(inputs)('in %s: %s, %s', async (field, _what, key, value, template) => {
      const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
      const selection =
        field === 'verifyApiKey' ? 'code message apiKey { id }' : '__typename ... on Error { message }';
      const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
      const thing = String(Array.isArray(value) ? value[0] : value);
      await expectAlike(thing, async (id) => {
        const rest = await made({ ...template, [key]: null }, place);
        // A secret that nobody has, in place of one that is a key's.
        const text =
          thing === '$secretText' && idType(id) ? 'kw_live_0000000000000000000000000000000000000000' : id;
        const input = { ...rest, [key]: Array.isArray(value) ? [text] : text };
        return outcomeOf(await answerOf(server(), document, token, { input }), field).replace(
          'MALFORMED',
          'NOT_FOUND',
        );
      });
    });
  });

  describe('changes no key that is bound to other teams too', () => {
    const attempt = async (field: string, input: Record<string, unknown>) => {
      const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
      const escalation = '... on Error { ... on EscalationError { restrictions } }';
      const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${escalation} } }`;
      const { data, errors } = await ask(server(), document, { token, variables: { input } });
      return errors[0]?.extensions.code ?? data[field].restrictions ?? data[field].__typename;
    };

    test('though it sees them', async () => {
      const { id } = shared;
      const { data } = await ask(server(), `{ apiKey(id: "${id}") { name secrets { id } } }`, { token });
      expect(data.apiKey.name).toBe('Shared');
      const secretId = data.apiKey.secrets[0].id;
      expect(await attempt('updateApiKey', { id, name: 'B' })).toEqual(['TEAMS']);
      expect(await attempt('updateApiKey', { id, teamIds: [place.boundTeamId] })).toEqual(['TEAMS']);
      expect(await attempt('updateApiKeys', { ids: [id], enabled: false })).toEqual(['TEAMS']);
      expect(await attempt('rotateApiKey', { id })).toEqual(['TEAMS']);
      expect(await attempt('revokeApiKey', { id })).toBe('FORBIDDEN');
      expect(await attempt('revokeApiKeys', { ids: [id] })).toBe('FORBIDDEN');
      expect(await attempt('revokeApiKeySecret', { id: secretId })).toBe('FORBIDDEN');
    });

    test('of several keys, none', async () => {
      const inside = await place.key({ teamIds: [place.boundTeamId] });
      const outside = await place.key();
      const disable = (...ids: string[]) => attempt('updateApiKeys', { ids, enabled: false });
      expect(await disable(inside.id, shared.id)).toEqual(['TEAMS']);
      expect(await disable(inside.id, outside.id)).toBe('NotFoundError');
      expect(await disable(inside.id)).toBe('UpdateApiKeysPayload');
      expect(await attempt('revokeApiKeys', { ids: [inside.id, shared.id] })).toBe('FORBIDDEN');
      expect(await attempt('revokeApiKeys', { ids: [inside.id, outside.id] })).toBe('NotFoundError');
      expect(await attempt('revokeApiKeys', { ids: [inside.id] })).toBe('RevokeApiKeysPayload');
    });
  });

  describe('verifies keys', () => {
    const verify = async (key: string, more = '') => {
      const document = `mutation ($key: String!) { verifyApiKey(input: { key: $key ${more} }) { code apiKey { id } } }`;
      return (await ask(server(), document, { token, variables: { key } })).data.verifyApiKey;
    };

    test('that share a team with it, and for its teams', async () => {
      const team = await place.team();
      const inside = await place.key({ teamIds: [place.boundTeamId, team] });
      const outside = await place.key({ teamIds: [team] });
      const free = await place.key();
      expect(await verify(inside.secret)).toEqual({ code: 'VALID', apiKey: { id: inside.id } });
      for (const { secret } of [outside, free])
        expect(await verify(secret)).toEqual({ code: 'NOT_FOUND', apiKey: null });
      expect((await verify(inside.secret, `teamId: "${place.boundTeamId}"`)).code).toBe('VALID');
      expect((await verify(inside.secret, `teamId: "${team}"`)).code).toBe('TEAM_NOT_ALLOWED');
    });
  });

  describe('hears of keys of its teams alone', () => {
    const DENIED = 'subscription { apiKeyDenied { code apiKey { id } } }';
    const live = () => eventually(() => server().app.liveServer.subscriptions.counts.live === 3);

    test('as it happens, and of what it missed', async () => {
      const { services, clock } = server();
      const teamIds = [place.boundTeamId];
      const [inside, outside] = [await place.key({ teamIds }), await place.key()];
      const socket = await connectLive(server(), token);
      clock.advance(1_000);
      const since = new Date(clock.now()).toISOString();
      for (const { secret } of [outside, inside]) await present(server(), secret);
      await services.usage.flush();
      const changes = socket.subscribe(CHANGED);
      const uses = socket.subscribe(USED, { since, minIntervalMs: 100 });
      const denials = socket.subscribe(DENIED);
      await live();
      const secrets = socket.subscribe('subscription { apiKeyUsed { secret { id apiKey { id } } } }');
      await eventually(() => server().app.liveServer.subscriptions.counts.live === 4);
      for (const { secret } of [outside, inside]) await present(server(), secret);
      expect((await secrets.received(1)).map(({ secret }) => secret.apiKey.id)).toEqual([inside.id]);
      for (const one of [outside, inside]) {
        await rename(server(), one.id, 'New name');
        await revoke(server(), one.id);
        await present(server(), one.secret);
      }
      await present(server(), 'kw_live_0000000000000000000000000000000000000000');
      const [first] = await changes.received(2);
      await Promise.all([uses.received(1), denials.received(1)]);
      await socket.ping();
      for (const { events } of [changes, uses, denials])
        expect(new Set(events.map(({ apiKey }) => apiKey?.id))).toEqual(new Set([inside.id]));
      const again = socket.subscribe(CHANGED, { after: first.cursor });
      await again.received(1);
      const last = await place.key({ teamIds });
      await again.received(2);
      expect(again.events.map(({ apiKey }) => apiKey.id)).toEqual([inside.id, last.id]);
      await socket.close();
    });

    test('no longer of one that leaves them, and not at all once its own teams change', async () => {
      const team = await place.team();
      const caller = await place.key({ grants: ['*'], teamIds: [team] });
      const key = await place.key({ teamIds: [team] });
      const socket = await connectLive(server(), caller.secret);
      const changes = socket.subscribe(CHANGED);
      const uses = socket.subscribe(USED, { minIntervalMs: 100 });
      socket.subscribe(DENIED);
      await live();
      await rename(server(), key.id, 'Seen');
      await changes.received(1);
      await updateApiKey(place.ctx, { id: key.id, teamIds: [place.boundTeamId] });
      await rename(server(), key.id, 'Unseen');
      await present(server(), key.secret);
      const marker = await place.key({ teamIds: [team] });
      await changes.received(2);
      expect(changes.events.map(({ apiKey }) => apiKey.id)).toEqual([key.id, marker.id]);
      expect(uses.events).toEqual([]);
      await updateApiKey(place.ctx, { id: caller.id, teamIds: [place.boundTeamId] });
      // So that clients subscribe again, with the new teams.
      expect((await socket.closed).code).toBe(1013);
    });
  });
});
