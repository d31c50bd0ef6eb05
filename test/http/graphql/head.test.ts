import { expect, test } from 'vitest';
import { makeMember, serverOn } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';

// Nothing of a stream is ever written for HEAD: a client that leaves while another request waits would never be noticed.

const server = serverOn('sqlite');

test('a HEAD request starts no subscription', async () => {
  const { sessionToken } = await makeMember(server());
  const query = encodeURIComponent('subscription { apiKeyChanged { apiKey { id } } }');
  for (const accept of ['text/event-stream', 'text/event-stream, application/json']) {
    const connection = await openConnection(server().url);
    const headers = ['Host: x', `Accept: ${accept}`, `Authorization: Bearer ${sessionToken}`];
    connection.send(`HEAD /graphql?query=${query} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    connection.send('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const statuses = [...(await connection.closed()).matchAll(/HTTP\/1.1 (\d+)/g)].map(
      ([, status]) => status,
    );
    expect(statuses).toEqual(['406', '200']);
  }
  const { app, lines } = server();
  expect(app.liveServer.subscriptions.counts).toMatchObject({ callers: 0, subscribers: 0 });
  expect(lines.filter((line) => line.includes('"method":"HEAD"'))).toHaveLength(2);
});
