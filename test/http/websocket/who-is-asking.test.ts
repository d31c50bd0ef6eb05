import { expect, test } from 'vitest';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { revoke } from '../../support/live.ts';
import { type LiveSocket, openLiveSocket } from '../../support/live-socket.ts';
import {
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  type TestServer,
} from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const WHO =
  '{ viewer { actor { __typename ... on User { id } ... on ApiKey { id } ... on SystemActor { name } } } }';

const UNAUTHORIZED = { code: 4401, reason: 'Unauthorized' };

onEachDatabase('a socket', (engine) => {
  const server = serverOn(engine, { config: { corsOrigins: ['https://dashboard.example'] } });
  const secure = serverOn(engine, { config: { publicUrl: 'https://keys.example.com' } });

  async function whoIs(socket: LiveSocket): Promise<unknown> {
    const query = socket.subscribe(WHO);
    await eventually(() => query.completed);
    return query.events[0].actor;
  }

  async function initialized(socket: LiveSocket, payload?: object): Promise<LiveSocket> {
    socket.send({ type: 'connection_init', ...(payload ? { payload } : {}) });
    await eventually(() => socket.messages.some(({ type }) => type === 'connection_ack'));
    return socket;
  }

  async function refusal(
    options: Parameters<typeof openLiveSocket>[1],
    payload?: object,
    at: TestServer = server(),
  ) {
    const socket = await openLiveSocket(at, options);
    socket.send({ type: 'connection_init', ...(payload ? { payload } : {}) });
    return socket.closed;
  }

  test('belongs to whom the payload of connection_init names: a person, a key or an operator', async () => {
    const { userId, sessionToken, organizationId } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const token = await makeOperatorToken(server(), `back-end-${engine}`);
    const asked: [object, object][] = [
      [{ authorization: `Bearer ${sessionToken}` }, { __typename: 'User', id: userId }],
      [{ Authorization: `bearer ${key.secret}` }, { __typename: 'ApiKey', id: key.id }],
      [{ 'X-API-Key': key.secret }, { __typename: 'ApiKey', id: key.id }],
      [
        { 'x-api-key': key.secret, authorization: `Bearer ${'a'.repeat(500)}.b.c` },
        { __typename: 'ApiKey', id: key.id },
      ],
      [
        { authorization: `Bearer ${token}` },
        { __typename: 'SystemActor', name: `operator:back-end-${engine}` },
      ],
    ];
    for (const [payload, actor] of asked)
      expect(await whoIs(await initialized(await openLiveSocket(server()), payload))).toMatchObject(actor);
  });

  test('belongs to whom the handshake’s header names, also where the payload says the same', async () => {
    const { userId, sessionToken } = await makeMember(server());
    const headers = { Authorization: `Bearer ${sessionToken}` };
    const plain = await initialized(await openLiveSocket(server(), { headers }));
    expect(await whoIs(plain)).toMatchObject({ id: userId });
    const twice = await initialized(await openLiveSocket(server(), { headers }), {
      authorization: `Bearer ${sessionToken}`,
    });
    expect(await whoIs(twice)).toMatchObject({ id: userId });
  });

  test('belongs to the key in its payload where a token in the header is for another server', async () => {
    const { organizationId } = await makeMember(server());
    const { secret, id } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const headers = { Authorization: 'Bearer header.payload.signature' };
    const socket = await initialized(await openLiveSocket(server(), { headers }), { 'x-api-key': secret });
    expect(await whoIs(socket)).toMatchObject({ id });
  });

  test('with a cookie is accepted from a page of this server, and from nowhere else', async () => {
    const { userId, sessionToken } = await makeMember(server());
    const headers = { Cookie: `theme=dark; ${cookieName(server().url)}=${sessionToken}` };
    const own = await openLiveSocket(server(), { headers, origin: server().url });
    expect(await whoIs(await initialized(own))).toMatchObject({ id: userId });
    const refused = [
      'https://evil.example',
      `${server().url}.evil.example`,
      server().url.replace('http', 'https'),
      'null',
    ];
    for (const origin of refused) expect(await refusal({ headers, origin })).toEqual(UNAUTHORIZED);
    expect(await refusal({ headers })).toEqual(UNAUTHORIZED);
    // Without a cookie there is nothing that another page could borrow.
    const { userId: other, sessionToken: token } = await makeMember(server());
    const elsewhere = await openLiveSocket(server(), { origin: 'https://dashboard.example' });
    const socket = await initialized(elsewhere, { authorization: `Bearer ${token}` });
    expect(await whoIs(socket)).toMatchObject({ id: other });
  });

  test('belongs to an explicit credential, whatever cookie came along and from wherever', async () => {
    const [one, other] = [await makeMember(server()), await makeMember(server())];
    const headers = { Cookie: `${cookieName(server().url)}=${one.sessionToken}` };
    const explicit = { authorization: `Bearer ${other.sessionToken}` };
    for (const origin of [server().url, 'https://dashboard.example', undefined]) {
      const options = { headers, ...(origin !== undefined && { origin }) };
      const socket = await initialized(await openLiveSocket(server(), options), explicit);
      expect(await whoIs(socket)).toMatchObject({ id: other.userId });
    }
    const bad = { authorization: `Bearer sess_${'A'.repeat(43)}` };
    expect(await refusal({ headers, origin: server().url }, bad)).toEqual(UNAUTHORIZED);
  });

  test('ignores a second cookie, and believes neither of two sessions', async () => {
    const [one, other] = [await makeMember(server()), await makeMember(server())];
    const name = cookieName(server().url);
    const own = `${name}=${one.sessionToken}`;
    for (const planted of [`${name}=x`, `${name}=sess_${'A'.repeat(43)}`, `${name}=${one.sessionToken}`])
      for (const Cookie of [`${planted}; ${own}`, `${own}; ${planted}`]) {
        const socket = await openLiveSocket(server(), { headers: { Cookie }, origin: server().url });
        expect(await whoIs(await initialized(socket))).toMatchObject({ id: one.userId });
      }
    const headers = { Cookie: `${name}=${other.sessionToken}; ${own}` };
    expect(await refusal({ headers, origin: server().url })).toEqual(UNAUTHORIZED);
  });

  test('with a cookie is held against PUBLIC_URL, whatever address it comes in by', async () => {
    const { sessionToken } = await makeMember(secure());
    const headers = { Cookie: `${cookieName('https://keys.example.com')}=${sessionToken}` };
    expect(await refusal({ headers, origin: secure().url }, undefined, secure())).toEqual(UNAUTHORIZED);
    await initialized(await openLiveSocket(secure(), { headers, origin: 'https://keys.example.com' }));
  });

  test('of nobody, or of a credential that is not accepted, is closed with 4401', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    await revoke(server(), key.id);
    const elsewhere = await makeApiKey(server(), organizationId, { ipAllowlist: ['192.0.2.0/24'] });
    const payloads = [
      undefined,
      {},
      { authorization: 7 },
      { authorization: sessionToken },
      { authorization: `Basic ${sessionToken}` },
      { authorization: `Bearer sess_${'A'.repeat(43)}` },
      { authorization: `Bearer ${key.secret}` },
      { authorization: `Bearer ${elsewhere.secret}` },
      { 'x-api-key': sessionToken },
    ];
    for (const payload of payloads)
      expect([payload, await refusal({}, payload)]).toEqual([payload, UNAUTHORIZED]);
    const headers = { Authorization: 'Bearer nonsense' };
    expect(await refusal({ headers })).toEqual(UNAUTHORIZED);
  });

  test('whose handshake and payload disagree is closed with 4400', async () => {
    const [one, other] = [await makeMember(server()), await makeMember(server())];
    const headers = { Authorization: `Bearer ${one.sessionToken}` };
    const disagreeing = { authorization: `Bearer ${other.sessionToken}` };
    const why = { code: 4400, reason: 'The request contains two different credentials' };
    expect(await refusal({ headers }, disagreeing)).toEqual(why);
    const { secret } = await makeApiKey(server(), one.organizationId);
    expect(await refusal({}, { ...disagreeing, 'x-api-key': secret })).toEqual(why);
  });
});
