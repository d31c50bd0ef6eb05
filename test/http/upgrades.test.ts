import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { openConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

/** What Java's client sends by default, over plain HTTP. */
const H2C =
  'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';

const CREATE = JSON.stringify({
  query: 'mutation { createApiKey(input: { name: "By upgrade" }) { ... on CreateApiKeyPayload { secret } } }',
});

const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);

describe('a request for an upgrade other than a WebSocket', () => {
  const server = serverOn('sqlite', { timeouts: { request: 1_000, headers: 1_000 } });

  /** Sends bytes in pieces, each when the server has read the one before, and gives everything that comes. */
  async function send(...pieces: string[]): Promise<string> {
    const connection = await openConnection(server().url);
    for (const piece of pieces) {
      connection.send(piece);
      await eventually(() => connection.socket.writableLength === 0);
      await fetch(`${server().url}/healthz`);
    }
    return connection.closed();
  }

  const post = (token: string, body: string, framing = `Content-Length: ${body.length}\r\n`) =>
    `POST /graphql HTTP/1.1\r\n${H2C}Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n${framing}\r\n`;

  test.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/schema.graphql', 200],
    ['/verify', 401],
    ['/graphql?query=%7B__typename%7D', 200],
    ['/sign-in', 200],
    ['/elsewhere', 404],
  ])('is served as HTTP/1.1 at %s', async (path, status) => {
    for (const upgrade of ['h2c', 'h2c, websocket', 'TLS/1.0', 'foo']) {
      const headers = H2C.replace('h2c', upgrade);
      const answer = await send(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      // Node.js discards what follows the request, so nothing may follow.
      expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
    }
  });

  test('is served with its body, in one piece, in several, and in chunks', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const half = CREATE.length / 2;
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const chunked = 'Transfer-Encoding: chunked\r\n';
    const answers = [
      await send(post(sessionToken, CREATE) + CREATE),
      await send(post(sessionToken, CREATE), CREATE.slice(0, half), CREATE.slice(half)),
      await send(
        post(sessionToken, '', chunked),
        chunk(CREATE.slice(0, half)) + chunk(CREATE.slice(half)),
        chunk(''),
      ),
      await send(post(sessionToken, CREATE).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'), CREATE),
    ];
    for (const answer of answers) expect(answer).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*"secret":"kw_/);
    const keys = await server()
      .services.db.selectFrom('api_keys')
      .select('id')
      .where('organization_id', '=', organizationId)
      .execute();
    expect(keys).toHaveLength(answers.length);
  });

  test('can be a WebSocket elsewhere, by another method, or of a body: no such thing is upgraded', async () => {
    const websocket = H2C.replace('h2c', 'websocket');
    expect(await send(`GET /healthz HTTP/1.1\r\n${websocket}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    const { sessionToken } = await makeMember(server());
    const posted = post(sessionToken, CREATE).replace('h2c', 'websocket') + CREATE;
    expect(await send(posted)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"secret":"kw_/);
  });

  test('keeps to the limits of every other request', async () => {
    const { sessionToken } = await makeMember(server());
    expect(await send(post(sessionToken, '', 'Content-Length: 1048577\r\n'))).toMatch(/^HTTP\/1\.1 413 /);
    const large = `GET /healthz HTTP/1.1\r\n${H2C}X: ${'x'.repeat(17_000)}\r\n\r\n`;
    expect(await send(large)).toMatch(/^HTTP\/1\.1 431 /);
    // Half a body, and one that is no chunk: the request ends in time.
    expect(statusesOf(await send(post(sessionToken, CREATE), CREATE.slice(0, 9)))).not.toContain('200');
    const broken = post(sessionToken, '', 'Transfer-Encoding: chunked\r\n');
    expect(statusesOf(await send(broken, 'no chunk\r\n\r\n'))).not.toContain('200');
    const smuggled = post(
      sessionToken,
      CREATE,
      `Content-Length: ${CREATE.length}\r\nTransfer-Encoding: chunked\r\n`,
    );
    expect(await send(smuggled + CREATE)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('ends its connection: what follows is never taken for another request, whole or in part', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const { id, secret } = await makeApiKey(server(), organizationId);
    const first = `GET /healthz HTTP/1.1\r\n${H2C}\r\n`;
    const next = `GET /verify HTTP/1.1\r\nHost: x\r\nX-API-Key: ${secret}\r\n\r\n`;
    expect(statusesOf(await send(first + next))).toEqual(['200']);
    expect(statusesOf(await send(`${first}GET /el`, `sewhere HTTP/1.1\r\nHost: x\r\n\r\n`))).toEqual(['200']);
    expect(statusesOf(await send(`${post(sessionToken, '{}')}{}${next}`))).toEqual(['400']);
    // After another request, in turn.
    const before = `GET /verify HTTP/1.1\r\nHost: x\r\nX-API-Key: ${secret}\r\n\r\n`;
    const answers = await send(before + first);
    expect(statusesOf(answers)).toEqual(['200', '200']);
    expect(answers.indexOf(id)).toBeLessThan(answers.indexOf('"status"'));
  });

  test('is no WebSocket either before earlier requests of its connection are answered', async () => {
    const { sessionToken } = await makeMember(server());
    const handshake = `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`;
    const plain = post(sessionToken, CREATE).replace(H2C, 'Host: x\r\n') + CREATE;
    const answers = await send(plain + handshake);
    expect(statusesOf(answers)).toEqual(['200', '400']);
    expect(answers).toContain('"secret":"kw_');
    expect(statusesOf(await send(plain + plain + handshake))).toEqual(['200', '200', '400']);
  });

  test('leaves WebSockets as they are', async () => {
    const key = Buffer.from('0123456789abcdef').toString('base64');
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const connection = await openConnection(server().url);
    connection.send(
      `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
    await eventually(() => connection.received().includes(accept));
    expect(connection.received()).toMatch(/^HTTP\/1\.1 101 /);
    connection.socket.destroy();
  });
});
