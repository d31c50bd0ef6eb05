import { expect, test } from 'vitest';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { openLiveSocket } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, makeOperatorToken, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';
import { allow } from './pages.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const ADMIN = 'https://admin.example.com';
const FORBIDDEN = { code: 4403, reason: 'Forbidden' };
const UNAUTHORIZED = { code: 4401, reason: 'Unauthorized' };
const CHANGES = 'subscription { apiKeyChanged { __typename } }';

onEachDatabase('a socket of a page of another origin', (engine) => {
  const server = serverOn(engine, { config: { corsOrigins: [ADMIN] } });

  async function organization(...origins: string[]) {
    const member = await makeMember(server());
    await allow(server(), member.organizationId, ...origins);
    return { ...member, ...(await makeApiKey(server(), member.organizationId, { grants: ['*'] })) };
  }

  async function open(origin: string, token: string | null, headers: Record<string, string> = {}) {
    const socket = await openLiveSocket(server(), { origin, headers });
    const payload = token === null ? {} : { authorization: `Bearer ${token}` };
    socket.send({ type: 'connection_init', payload });
    return socket;
  }

  test('works with an explicit credential if its organization allows the origin, whatever cookie there is', async () => {
    const [ours, theirs] = [await organization(APP), await organization(OTHER)];
    const cookie = (token: string) => ({ Cookie: `${cookieName(server().url)}=${token}` });
    for (const headers of [{}, cookie(theirs.sessionToken), cookie(ours.sessionToken), cookie('x')]) {
      const socket = await open(APP, ours.secret, headers);
      await eventually(() => socket.messages.some(({ type }) => type === 'connection_ack'));
      const who = socket.subscribe('{ viewer { actor { ... on ApiKey { id } } } }');
      await eventually(() => who.completed);
      expect(who.events[0].actor.id).toBe(ours.id);
      await socket.close();
    }
  });

  test('is closed with 4403 if it does not, and nothing runs', async () => {
    const [ours] = [await organization(APP), await organization(OTHER)];
    const token = await makeOperatorToken(server(), `socket-${engine}`);
    for (const [origin, credential] of [
      [OTHER, ours.secret],
      [OTHER, ours.sessionToken],
      [ADMIN, ours.secret],
      [APP, token],
      ['null', ours.secret],
      [`${APP}.evil.example`, ours.secret],
      [`${APP}:444`, ours.secret],
      [APP.replace('https', 'http'), ours.secret],
      [APP.toUpperCase(), ours.secret],
    ] as const) {
      const socket = await open(origin, credential);
      expect(await socket.closed).toEqual(FORBIDDEN);
      expect(socket.messages).toEqual([]);
    }
    const byHeader = await openLiveSocket(server(), {
      origin: OTHER,
      headers: { 'X-API-Key': ours.secret },
    });
    byHeader.send({ type: 'connection_init' });
    expect(await byHeader.closed).toEqual(FORBIDDEN);
  });

  test('has no use for a cookie, whether or not the origin is allowed', async () => {
    const { sessionToken } = await organization(APP);
    const headers = { Cookie: `${cookieName(server().url)}=${sessionToken}` };
    for (const origin of [APP, ADMIN, OTHER, 'null'])
      expect(await (await open(origin, null, headers)).closed).toEqual(UNAUTHORIZED);
  });

  test('works for operator tokens and sessions from CORS_ORIGINS, and without an origin for programs', async () => {
    const { sessionToken, secret } = await organization();
    const token = await makeOperatorToken(server(), `admin-${engine}`);
    for (const [origin, credential] of [
      [ADMIN, token],
      [ADMIN, sessionToken],
      [server().url, secret],
    ] as const) {
      const socket = await open(origin, credential);
      await eventually(() => socket.messages.some(({ type }) => type === 'connection_ack'));
    }
    const program = await openLiveSocket(server());
    await program.init(secret);
  });

  test('is closed with 4403 when the origin is removed, and other sockets stay', async () => {
    const { secret, sessionToken, organizationId } = await organization(APP, OTHER);
    const sockets = [await open(APP, secret), await open(APP, sessionToken)];
    const program = await openLiveSocket(server());
    await program.init(secret);
    const [stays, ...all] = [await open(OTHER, secret), ...sockets, program];
    for (const socket of [stays, ...all]) {
      await eventually(() => socket.messages.some(({ type }) => type === 'connection_ack'));
    }
    const ended = sockets.map((socket) => socket.subscribe(CHANGES));
    const staying = [stays, program].map((socket) => socket.subscribe(CHANGES));
    await eventually(() => server().app.liveServer.subscriptions.counts.live === 4);
    await allow(server(), organizationId, OTHER);
    for (const socket of sockets) expect(await socket.closed).toEqual(FORBIDDEN);
    for (const operation of ended) expect(operation.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    await makeApiKey(server(), organizationId);
    for (const operation of staying) await operation.received(1);
  });

  test('can start nothing once the origin is removed', async () => {
    const { secret, organizationId } = await organization(APP);
    const socket = await open(APP, secret);
    await eventually(() => socket.messages.some(({ type }) => type === 'connection_ack'));
    await allow(server(), organizationId);
    const query = socket.subscribe('{ __typename }');
    expect(await socket.closed).toEqual(FORBIDDEN);
    expect(query.events).toEqual([]);
  });
});
