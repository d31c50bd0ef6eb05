import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { ANSWERS_MAX } from '../../src/idempotency/answers.ts';
import { pruneAnswers } from '../../src/idempotency/prune-answers.ts';
import { type CreateApiKeyInput, createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { startRetention } from '../../src/retention.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { addMember } from '../organizations/people.ts';
import { everythingStored, freshEmail } from '../sessions/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';
import { eventually } from '../support/wait.ts';

const HOUR = 3_600_000;
const REUSED = { code: 'CONFLICT', reason: 'IDEMPOTENCY_KEY_REUSED' };

onEachDatabase('requests with an idempotency key', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { organization, ctx } = await makeOrganization(services());
    const idempotencyKey = randomUUID();
    const create = async (input: Partial<CreateApiKeyInput> = {}, caller = ctx) =>
      (await createApiKey(caller, { name: 'Deploy', idempotencyKey, ...input })).result;
    const count = async () => {
      const { keys } = await ctx.db
        .selectFrom('api_keys')
        .select((eb) => eb.fn.countAll<number>().as('keys'))
        .where('organization_id', '=', organization.id)
        .executeTakeFirstOrThrow();
      return Number(keys);
    };
    const code = async (key: string) => (await verifyApiKey(ctx, { key })).code;
    const answers = () =>
      ctx.db.selectFrom('idempotent_answers').selectAll().where('organization_id', '=', organization.id);
    return { organization, ctx, idempotencyKey, create, count, code, answers };
  }

  describe('repeated', () => {
    test('create one key, with the same secret, one audit entry and one event', async () => {
      const { ctx, create, count, code } = await setUp();
      const first = await create();
      const log = await auditOf(ctx);
      const events = services().events.length;
      services().clock.advance(24 * HOUR - 1);
      expect(await create()).toEqual(first);
      expect([await count(), await code(first.secret)]).toEqual([1, 'VALID']);
      expect(await auditOf(ctx)).toEqual(log);
      expect(
        services()
          .events.slice(events)
          .filter(({ type }) => type === 'change'),
      ).toEqual([]);
    });

    test('20 times at once create one key', async () => {
      const { create, count } = await setUp();
      const made = await Promise.all(Array.from({ length: 20 }, () => create()));
      expect(new Set(made.map(({ secret }) => secret)).size).toBe(1);
      expect(await count()).toBe(1);
    });

    test('without a key, or with another one, create other keys', async () => {
      const { create, count } = await setUp();
      await create();
      await create({ idempotencyKey: null });
      await create({ idempotencyKey: randomUUID() });
      expect(await count()).toBe(3);
    });

    test('after 24 hours create a new key, pruned or not', async () => {
      const { create, count, answers } = await setUp();
      const first = await create();
      services().clock.advance(24 * HOUR);
      const second = await create();
      expect(second.secret).not.toBe(first.secret);
      expect((await answers().execute()).length).toBe(1);
      services().clock.advance(24 * HOUR);
      await pruneAnswers(services());
      expect(await answers().execute()).toEqual([]);
      await create();
      expect(await count()).toBe(3);
    });

    test('are recognized although the clock was set back', async () => {
      const { create, count } = await setUp();
      const first = await create();
      services().clock.advance(-48 * HOUR);
      expect(await create()).toEqual(first);
      expect(await count()).toBe(1);
      services().clock.advance(48 * HOUR);
    });

    test('are the same with other orders, defaults and spellings of the same values', async () => {
      const { ctx, create, count } = await setUp();
      const teams = [];
      for (const name of ['A', 'B']) teams.push((await createTeam(ctx, { name })).result.id);
      const lists = { grants: ['a.b', 'c.d'], teamIds: teams, ipAllowlist: ['10.0.0.0/8', '192.0.2.1/32'] };
      const metadata = { plan: { seats: 1, tier: 'x' }, list: [1, 2] };
      const first = await create({ ...lists, name: 'Café', metadata });
      const { grants, teamIds, ipAllowlist } = lists;
      const same = await create({
        name: ' Cafe\u0301 ',
        environment: 'live',
        description: null,
        roleId: null,
        grants: [...grants.toReversed(), 'a.b'],
        teamIds: teamIds.toReversed(),
        ipAllowlist: ipAllowlist.toReversed(),
        metadata: { list: [1, 2], plan: { tier: 'x', seats: 1 } },
        expiresAt: null,
      });
      expect(same).toEqual(first);
      expect(await count()).toBe(1);
    });

    test('are answered after the expiry that they asked for', async () => {
      const { create, code } = await setUp();
      const expiresAt = services().clock.now() + HOUR;
      const first = await create({ expiresAt });
      services().clock.advance(2 * HOUR);
      expect(await create({ expiresAt })).toEqual(first);
      expect(await code(first.secret)).toBe('EXPIRED');
      await expect(create({ expiresAt, idempotencyKey: randomUUID() })).rejects.toThrow('future');
    });

    test('are answered with the present state of the key', async () => {
      const { ctx, create, code } = await setUp();
      const { apiKey, secret } = await create();
      await rotateApiKey(ctx, { id: apiKey.id, overlapSeconds: 0 });
      await updateApiKey(ctx, { id: apiKey.id, name: 'Renamed' });
      expect(await create()).toMatchObject({ apiKey: { id: apiKey.id, name: 'Renamed' }, secret });
      const { result: revoked } = await revokeApiKey(ctx, { id: apiKey.id });
      expect(await create()).toEqual({ apiKey: revoked, secret });
      expect(await code(secret)).toBe('REVOKED');
    });

    test('rotate a key once, and wait for the propagation again', async () => {
      const { ctx, create, code, idempotencyKey } = await setUp();
      const { id } = (await create({ idempotencyKey: null })).apiKey;
      const rotate = () => rotateApiKey(ctx, { id, overlapSeconds: 60, idempotencyKey });
      const first = await rotate();
      const log = await auditOf(ctx);
      const again = await rotate();
      expect(again.result).toEqual(first.result);
      expect(again.propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
      expect(await auditOf(ctx)).toEqual(log);
      services().clock.advance(60_000);
      expect((await rotate()).result.retiring).toMatchObject({ id: first.result.retiring.id });
      await rotateApiKey(ctx, { id, overlapSeconds: 0 });
      expect((await rotate()).result.secret).toBe(first.result.secret);
      expect(await code(first.result.secret)).toBe('REVOKED');
    });

    test('invite a person once, with the same link', async () => {
      const { organization } = await setUp();
      const { ctx } = await addMember(services(), organization.id, 'owner');
      const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
      const input = { email: freshEmail(), roleId, idempotencyKey: randomUUID() };
      const { result: first } = await inviteMember(ctx, input);
      const log = await auditOf(ctx);
      const { result: again } = await inviteMember(ctx, {
        ...input,
        email: input.email.toUpperCase(),
        teamIds: [],
      });
      expect(again).toEqual(first);
      expect(await auditOf(ctx)).toEqual(log);
      await removeMember(ctx, { id: first.membership.id });
      await expect(inviteMember(ctx, input)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        id: first.membership.id,
      });
    });
  });

  describe('with something else under the same key', () => {
    test('are conflicts and change nothing', async () => {
      const { ctx, create, count, idempotencyKey } = await setUp();
      const { apiKey } = await create({ metadata: { a: 1 } });
      const others: Partial<CreateApiKeyInput>[] = [
        {},
        { name: 'Other', metadata: { a: 1 } },
        { metadata: { a: 1 }, environment: 'test' },
        { metadata: { a: '1' } },
        { metadata: { a: 1, ['__proto__']: 1 } },
        { metadata: [['a', 1]] as never },
      ];
      for (const other of others.slice(0, -1)) await expect(create(other)).rejects.toMatchObject(REUSED);
      expect(await issuesOf(create(others.at(-1)))).toMatchObject([{ path: ['input', 'metadata'] }]);
      await expect(rotateApiKey(ctx, { id: apiKey.id, idempotencyKey })).rejects.toMatchObject(REUSED);
      expect(await count()).toBe(1);
      expect(await auditOf(ctx, apiKey.id)).toHaveLength(1);
    });

    test('are invalid where they would be without it', async () => {
      const { create } = await setUp();
      await create();
      expect(await issuesOf(create({ metadata: { a: 'x'.repeat(20_000) } }))).toHaveLength(1);
    });

    test('a rotation with another overlap is one', async () => {
      const { ctx, create, idempotencyKey } = await setUp();
      const { id } = (await create({ idempotencyKey: null })).apiKey;
      await rotateApiKey(ctx, { id, idempotencyKey });
      await rotateApiKey(ctx, { id, idempotencyKey, overlapSeconds: 86_400 });
      await expect(rotateApiKey(ctx, { id, idempotencyKey, overlapSeconds: 0 })).rejects.toMatchObject(
        REUSED,
      );
    });
  });

  test('errors are not stored', async () => {
    const { ctx, create, count, answers, idempotencyKey } = await setUp();
    expect(await issuesOf(create({ name: '' }))).toHaveLength(1);
    const roleId = newId('role');
    await expect(create({ roleId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await answers().execute()).toEqual([]);
    const { apiKey } = await create();
    await revokeApiKey(ctx, { id: apiKey.id });
    const other = `${idempotencyKey}-2`;
    await expect(rotateApiKey(ctx, { id: apiKey.id, idempotencyKey: other })).rejects.toMatchObject({
      reason: 'REVOKED',
    });
    expect([await count(), (await answers().execute()).length]).toEqual([1, 1]);
  });

  test('keys of 20 to 200 characters are accepted, as Unicode sees them', async () => {
    const { create, count } = await setUp();
    for (const idempotencyKey of [
      '',
      'x'.repeat(19),
      ' '.repeat(19),
      '😀'.repeat(19),
      'x'.repeat(201),
      'x'.repeat(2_000),
    ])
      expect(await issuesOf(create({ idempotencyKey }))).toMatchObject([
        { path: ['input', 'idempotencyKey'] },
      ]);
    for (const character of ['\0', '\n', '\ud800'])
      expect(await issuesOf(create({ idempotencyKey: `${'x'.repeat(30)}${character}` }))).toHaveLength(1);
    expect(await count()).toBe(0);
    const composed = await create({ idempotencyKey: 'é'.repeat(20) });
    expect(await create({ idempotencyKey: 'e\u0301'.repeat(20) })).toEqual(composed);
    await create({ idempotencyKey: '😀'.repeat(200) });
    expect(await count()).toBe(2);
  });

  describe('of another caller', () => {
    test('of the organization, or in another organization, are other requests', async () => {
      const { organization, create, count, idempotencyKey } = await setUp();
      const first = await create();
      const colleague = contextFor(services(), memberOf(organization.id, ['*']));
      const key = contextFor(services(), keyCaller(organization.id, ['*']));
      const operator = () => contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      const secrets = [first.secret];
      for (const caller of [colleague, key, operator(), operator()])
        secrets.push((await create({ organizationId: organization.id }, caller)).secret);
      const elsewhere = await setUp();
      secrets.push((await elsewhere.create({ idempotencyKey })).secret);
      expect(new Set(secrets).size).toBe(6);
      expect(await count()).toBe(5);
    });

    test('that is the same user with another session are repetitions', async () => {
      const { organization, create } = await setUp();
      const member = memberOf(organization.id, ['*']);
      if (member.kind !== 'user') throw new Error('A member is a user');
      const first = await create({}, contextFor(services(), member));
      const later = contextFor(services(), { ...member, sessionId: newId('ses') });
      expect(await create({}, later)).toEqual(first);
    });
  });

  describe('of a caller with fewer rights', () => {
    test('are refused like new ones', async () => {
      const { organization, create } = await setUp();
      const member = memberOf(organization.id, ['*']);
      if (member.kind !== 'user') throw new Error('A member is a user');
      const as = (permissions: string[]) => {
        const now = memberOf(organization.id, permissions);
        return contextFor(services(), {
          ...now,
          kind: 'user',
          ...{ userId: member.userId, actor: member.actor },
        } as never);
      };
      const grants = ['a.b'];
      const first = await create({ grants }, as(['*']));
      const refusals = [
        [['api.key.view', 'a.b'], 'FORBIDDEN'],
        [['api.key.create'], 'ESCALATION'],
      ] as const;
      for (const [permissions, code] of refusals)
        await expect(create({ grants }, as([...permissions]))).rejects.toMatchObject({ code });
      await expect(createApiKey(as([]), { name: 'x', idempotencyKey: randomUUID() })).rejects.toThrow();
      expect(await create({ grants }, as(['api.key.create', 'a.b']))).toEqual(first);
    });

    test('are refused where the key has gained more since', async () => {
      const { organization, ctx, create } = await setUp();
      const maker = contextFor(services(), memberOf(organization.id, ['api.key.create', 'a.b']));
      const { apiKey } = await create({ grants: ['a.b'] }, maker);
      await updateApiKey(ctx, { id: apiKey.id, grants: ['a.b', 'c.d'] });
      await expect(create({ grants: ['a.b'] }, maker)).rejects.toMatchObject({ permissions: ['c.d'] });
    });

    test('that a key bound to teams has lost are refused', async () => {
      const { organization, ctx, create } = await setUp();
      const [a, b] = [
        (await createTeam(ctx, { name: 'A' })).result.id,
        (await createTeam(ctx, { name: 'B' })).result.id,
      ];
      const bound = { keyId: newId('key'), teamIds: [a] };
      const caller = contextFor(services(), keyCaller(organization.id, ['*'], bound));
      const { apiKey } = await create({ teamIds: [a] }, caller);
      await updateApiKey(ctx, { id: apiKey.id, teamIds: [a, b] });
      await expect(create({ teamIds: [a] }, caller)).rejects.toMatchObject({ restrictions: ['TEAMS'] });
      await updateApiKey(ctx, { id: apiKey.id, teamIds: [b] });
      await expect(create({ teamIds: [a] }, caller)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  test('a key that rotated itself gets its new secret with the replaced one, and no other does', async () => {
    const { organization, ctx, create, idempotencyKey } = await setUp();
    const { apiKey } = await create({ grants: ['*'], idempotencyKey: null });
    const { id } = apiKey;
    const secretsOf = () =>
      ctx.db
        .selectFrom('api_key_secrets')
        .select('id')
        .where('api_key_id', '=', id)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
    const caller = (secretId: string) =>
      contextFor(services(), keyCaller(organization.id, ['*'], { keyId: id, secretId }));
    await rotateApiKey(ctx, { id });
    services().clock.advance(1);
    const [oldest, current] = await secretsOf();
    const input = { id, idempotencyKey };
    const { result: first } = await rotateApiKey(caller(current?.id ?? ''), input);
    expect((await rotateApiKey(caller(current?.id ?? ''), input)).result).toEqual(first);
    await expect(rotateApiKey(caller(oldest?.id ?? ''), input)).rejects.toMatchObject({
      restrictions: ['SELF'],
    });
    const other = { id, idempotencyKey: randomUUID() };
    await expect(rotateApiKey(caller(current?.id ?? ''), other)).rejects.toMatchObject({
      restrictions: ['SELF'],
    });
  });

  test('the database reveals neither keys nor secrets nor inputs', async () => {
    const { organization, ctx, create, idempotencyKey, answers } = await setUp();
    const { apiKey, secret } = await create({ name: 'Deploy to the moon' });
    const rotated = (await rotateApiKey(ctx, { id: apiKey.id, idempotencyKey: `${idempotencyKey}-2` }))
      .result;
    const owner = await addMember(services(), organization.id, 'owner');
    const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
    const invited = { email: freshEmail(), roleId, idempotencyKey: `${idempotencyKey}-3` };
    const { signInUrl } = (await inviteMember(owner.ctx, invited)).result;
    const stored = await everythingStored(services());
    for (const shown of [secret, rotated.secret, signInUrl.split('=')[1] ?? '', idempotencyKey]) {
      expect(stored).not.toContain(shown);
      expect(stored).not.toContain(Buffer.from(shown).toString('base64').slice(0, 24));
    }
    const rows = await answers().execute();
    expect(rows).toHaveLength(3);
    for (const { sealed } of rows)
      expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toMatch(/secret|moon|digest|key_/);
  });

  test('an answer that was changed or moved in the database is not returned', async () => {
    const { ctx, create, answers } = await setUp();
    await create();
    await create({ idempotencyKey: randomUUID() });
    const [one, other] = await answers().orderBy('number').execute();
    for (const sealed of [other?.sealed, `${one?.sealed.slice(0, 40)}AAAA${one?.sealed.slice(44)}`, '']) {
      await ctx.db
        .updateTable('idempotent_answers')
        .set({ sealed: sealed as never })
        .where('id', '=', one?.id ?? '')
        .execute();
      await expect(create()).rejects.not.toHaveProperty('code', 'CONFLICT');
    }
  });

  test('are limited for each organization, until older ones expire', async () => {
    const { ctx, create, count, answers } = await setUp();
    await create();
    const [row] = await answers().execute();
    const number = ANSWERS_MAX as never;
    await ctx.db
      .insertInto('idempotent_answers')
      .values({ ...row, id: 'x', number } as never)
      .execute();
    const refused = { code: 'RATE_LIMITED', retryAfterSeconds: 86_400 };
    await expect(create({ idempotencyKey: randomUUID() })).rejects.toMatchObject(refused);
    expect((await create()).secret).toBeDefined();
    await create({ idempotencyKey: null });
    await (await setUp()).create();
    expect(await count()).toBe(2);
    services().clock.advance(24 * HOUR);
    await create({ idempotencyKey: randomUUID() });
    expect(await answers().execute()).toHaveLength(1);
  });

  test('are forgotten by the retention job', async () => {
    const { create, answers } = await setUp();
    await create();
    services().clock.advance(24 * HOUR);
    const stop = startRetention(services());
    await eventually(async () => (await answers().execute()).length === 0);
    await stop();
  });
});
