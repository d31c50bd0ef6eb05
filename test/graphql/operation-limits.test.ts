import { describe, expect, test } from 'vitest';
import { NEVER } from '../../db/tables/tables.ts';
import { keyPrincipal, operatorPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { RateLimitedError } from '../../src/core/errors.ts';
import { OperationLimits } from '../../src/graphql/cost/operation-limits.ts';
import { manualClock } from '../support/clock.ts';
import { onEachDatabase } from '../support/databases.ts';
import { connectLive } from '../support/live-socket.ts';
import {
  type Answer,
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  type TestServer,
} from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const { trustedProxies, operations: defaults } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });
const limits = {
  windowSeconds: 10,
  points: { caller: 40, organization: 60, operator: 0, address: 20 },
  operations: { caller: 2, organization: 3, operator: 0, address: 2 },
};

/** Costs one point. */
const ONE = '{ __typename }';

const codesOf = ({ errors }: Pick<Answer, 'errors'>) => errors.map(({ extensions }) => extensions.code);

onEachDatabase('the points of', (engine) => {
  const server = serverOn(engine, { config: { trustedProxies, operations: limits } });

  const asking = (token: string | undefined, ip = '192.0.2.1', query = ONE) =>
    ask(server(), query, { ...(token ? { token } : {}), headers: { 'X-Forwarded-For': ip } });

  async function useUp(points: number, token: string | undefined, ip?: string): Promise<void> {
    for (let spent = 0; spent < points; spent += 1) expect((await asking(token, ip)).status).toBe(200);
  }

  test('a caller: what is beyond them is answered 429, and nothing of it runs', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    await useUp(39, secret);
    const last = await asking(secret);
    expect(Object.fromEntries(last.headers)).toMatchObject({
      'ratelimit-policy': '"organization";q=60;w=10, "caller";q=40;w=10',
      ratelimit: '"organization";r=20;t=10, "caller";r=0;t=10',
    });
    server().clock.advance(2_500);
    const create = 'mutation { createTeam(input: { name: "Not made" }) { __typename } }';
    const refused = await asking(secret, '192.0.2.1', create);
    expect([refused.status, codesOf(refused), refused.data]).toEqual([429, ['RATE_LIMITED'], undefined]);
    expect(refused.errors[0]?.extensions.retryAfterSeconds).toBe(8);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '8',
      ratelimit: '"organization";r=20;t=8, "caller";r=0;t=8',
    });
    const teams = await asking(
      sessionToken,
      '192.0.2.1',
      '{ organization { teams(first: 1) { totalCount } } }',
    );
    expect(teams.data.organization.teams.totalCount).toBe(0);
    server().clock.advance(7_500);
    expect((await asking(secret)).status).toBe(200);
  });

  test('an organization: all its callers together, and no other organization', async () => {
    const { organizationId } = await makeMember(server());
    const [one, other] = [
      await makeApiKey(server(), organizationId),
      await makeApiKey(server(), organizationId),
    ];
    await useUp(40, one.secret);
    await useUp(20, other.secret);
    const refused = await asking(other.secret);
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([429, '"organization";r=0;t=10']);
    expect(refused.errors[0]?.message).toContain('organization');
    expect((await asking((await makeMember(server())).sessionToken)).status).toBe(200);
    server().clock.advance(10_000);
  });

  test('a person: all sessions together', async () => {
    const member = await makeMember(server());
    await useUp(40, member.sessionToken);
    expect((await asking(member.sessionToken)).status).toBe(429);
    server().clock.advance(10_000);
  });

  test('an address without a credential, and its networks', async () => {
    await useUp(20, undefined, '2001:db8:5:1::1');
    const refused = await asking(undefined, '2001:db8:5:1::2');
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([429, '"address";r=0;t=10']);
    expect((await asking(undefined, '2001:db8:5:2::1')).status).toBe(200);
    // Who says who it is has its own.
    expect((await asking((await makeMember(server())).sessionToken, '2001:db8:5:1::1')).status).toBe(200);
    server().clock.advance(10_000);
  });

  test('an operator token: none by default, so that a back end is not held up', async () => {
    const token = await makeOperatorToken(server(), `back-end-${engine}`);
    for (let time = 0; time < 100; time += 1) {
      const answer = await asking(token);
      expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
    }
  });

  test('a document that is new, before it is parsed', async () => {
    const { sessionToken } = await makeMember(server());
    const long = (nonsense: string) => `{ __typename #${nonsense.repeat(150)}`;
    for (const nonsense of ['a', 'b'])
      expect(codesOf(await asking(sessionToken, '192.0.2.1', `${long(nonsense)}\n}`))).toEqual([]);
    const refused = await asking(sessionToken, '192.0.2.1', long('c'));
    expect([refused.status, codesOf(refused)]).toEqual([429, ['RATE_LIMITED']]);
    server().clock.advance(10_000);
  });

  test('operations on a WebSocket, which count as those over HTTP do', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    await useUp(39, secret);
    const socket = await connectLive(server(), secret);
    const allowed = socket.subscribe(ONE);
    await eventually(() => allowed.completed);
    for (const query of [ONE, 'subscription { apiKeyChanged { sequence } }']) {
      const refused = socket.subscribe(query);
      expect(await refused.failed()).toBe('RATE_LIMITED');
      expect(refused.errors?.[0]?.extensions.retryAfterSeconds).toBe(10);
    }
    expect((await asking(secret)).status).toBe(429);
    server().clock.advance(10_000);
    const again = socket.subscribe(ONE);
    await eventually(() => again.completed);
  });
});

// On SQLite, whoever waits for a lock keeps everybody else from reading too.
describe('operations under way', () => {
  const generous = { ...limits, points: { caller: 0, organization: 0, operator: 0, address: 0 } };
  const server = serverOn('postgres', { config: { operations: generous } });

  /** A mutation that waits until the organization is let go of: `write` locks it. */
  async function whileLocked<T>(own: TestServer, organizationId: string, work: () => Promise<T>): Promise<T> {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let locked: () => void = () => {};
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const holding = own.services.db.transaction().execute(async (tx) => {
      await tx
        .updateTable('organization_sequences')
        .set((eb) => ({ value: eb.ref('value') }))
        .where('organization_id', '=', organizationId)
        .execute();
      locked();
      await held;
    });
    await isLocked;
    try {
      return await work();
    } finally {
      release();
      await holding;
    }
  }

  test('are so many for a caller and for its organization; more are answered 429 at once', async () => {
    const member = await makeMember(server());
    const { secret } = await makeApiKey(server(), member.organizationId, { grants: ['*'] });
    const create = (token: string, name: string) =>
      ask(server(), `mutation { createTeam(input: { name: "${name}" }) { __typename } }`, { token });
    const waiting = await whileLocked(server(), member.organizationId, async () => {
      const two = [create(member.sessionToken, 'one'), create(member.sessionToken, 'two')];
      const { app } = server();
      await eventually(() => app.operationLimits.size.operations === 2);
      const third = await create(member.sessionToken, 'three');
      expect([third.status, codesOf(third), third.headers.get('retry-after')]).toEqual([
        429,
        ['RATE_LIMITED'],
        '1',
      ]);
      const byKey = create(secret, 'four');
      await eventually(() => app.operationLimits.size.operations === 3);
      expect((await create(secret, 'five')).status).toBe(429);
      return [...two, byKey];
    });
    for (const { data } of await Promise.all(waiting))
      expect(data.createTeam.__typename).toBe('CreateTeamPayload');
    expect(server().app.operationLimits.size.operations).toBe(0);
    expect((await create(member.sessionToken, 'three')).status).toBe(200);
  });
});

describe('the counters', () => {
  const key = (number: number) =>
    keyPrincipal({
      keyId: `key_${number}`,
      secretId: 'sec',
      organizationId: `org_${number}`,
      permissions: [],
      teamIds: [],
      environment: 'live',
      expiresAt: NEVER,
      keyExpiresAt: NEVER,
      allowlist: [],
      rateLimit: null,
    });

  test('take bounded memory, however many callers and addresses there are', () => {
    const counted = new OperationLimits(manualClock(), defaults);
    for (let number = 0; number < 120_000; number += 1) {
      const ticket = counted.ticketFor(key(number), null);
      ticket.begin();
      ticket.leave();
      const address = counted.ticketFor(null, `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`);
      address.begin();
      address.leave();
    }
    expect(counted.size).toEqual({ operations: 0, names: 100_000 });
  });

  test('are not confused by a clock that is set', () => {
    const clock = manualClock();
    const counted = new OperationLimits(clock, limits);
    const spend = () => counted.ticketFor(key(1), null).spend(40);
    spend();
    clock.step(86_400_000);
    expect(spend).toThrow(RateLimitedError);
    clock.step(-10 * 86_400_000);
    expect(spend).toThrow(RateLimitedError);
  });

  test('give a place back once, whatever came of the operation', () => {
    const counted = new OperationLimits(manualClock(), limits);
    const first = counted.ticketFor(key(1), null);
    first.begin();
    const second = counted.ticketFor(key(1), null);
    second.begin();
    const third = counted.ticketFor(key(1), null);
    expect(() => third.begin()).toThrow(/are running/);
    third.leave();
    expect(() => counted.ticketFor(key(1), null).begin()).toThrow(/are running/);
    first.leave();
    first.leave();
    counted.ticketFor(key(1), null).begin();
    expect(() => counted.ticketFor(key(1), null).begin()).toThrow(/are running/);
  });

  test('leave honest bulk work alone by default', () => {
    const counted = new OperationLimits(manualClock(), defaults);
    const operator = operatorPrincipal('op_1', 'back end');
    // Ten seconds of 20,000 verifications a second, at one point each.
    for (let number = 0; number < 200_000; number += 1) {
      const ticket = counted.ticketFor(operator, null);
      ticket.begin();
      ticket.leave();
    }
    const user = userPrincipal('user_1', 'ses_1', new Map([['org_1', ['*']]]));
    // And of a thousand keys created in each of them by a person's script.
    for (let number = 0; number < 10_000; number += 1) {
      const ticket = counted.ticketFor(user, null);
      ticket.begin();
      ticket.spend(3);
      ticket.leave();
    }
  });
});
