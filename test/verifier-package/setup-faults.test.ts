import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVerifier } from '../../packages/verifier/src/create-verifier.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { freePort } from '../gateways/program.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { makeVerifyingOrganization, openVerifier } from '../support/verifier-client.ts';

/** The error with which `ready` rejects, and what `onDisconnect` was called with first. */
async function faultOf(url: string, token: string) {
  const reasons: { message: string; isRejected: boolean }[] = [];
  const verifier = openVerifier(url, token, {
    timeoutMs: 1_000,
    onDisconnect: (reason) => reasons.push(reason),
  });
  const error = await verifier.ready().then(
    () => null,
    (reason: Error) => reason.message,
  );
  return { error, reason: reasons[0] };
}

describe('a verifier that is set up wrongly', () => {
  const server = serverOn('sqlite');

  it('says that its token is not valid', async () => {
    const message = 'The server rejected the token: it is unknown, revoked or expired';
    expect(await faultOf(server().url, generateSecret('kw', 'live'))).toEqual({
      error: message,
      reason: expect.objectContaining({ message, isRejected: true }),
    });
  });

  it('says which permission its token lacks', async () => {
    const { organizationId } = await makeVerifyingOrganization(server());
    const { secret } = await makeApiKey(server(), organizationId);
    const message = 'The server rejected the token: The permission api.key.verify is required';
    expect(await faultOf(server().url, secret)).toEqual({
      error: message,
      reason: expect.objectContaining({ message, isRejected: true }),
    });
  });

  it('says that nothing listens at its URL', async () => {
    const port = await freePort();
    const { error } = await faultOf(`http://127.0.0.1:${port}`, 'token');
    expect(error).toBe(`Not connected to the server: connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it('says what to check if another program listens at its URL, such as the port for gateways', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end());
    other.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { error } = await faultOf(`http://127.0.0.1:${(other.address() as AddressInfo).port}`, 'token');
    expect(error).toBe(
      'Not connected to the server: The server responded with HTTP status 404. Check `url`: it must be that of the Keywright server, not of VERIFY_PORT',
    );
  });

  it('says that the server doesn’t use TLS', async () => {
    const { error } = await faultOf(server().url.replace('http:', 'https:'), 'token');
    expect(error).toBe(
      'Not connected to the server: The server does not use TLS on this port. Check `url`: use http: instead of https:',
    );
  });
});

it.each([
  [undefined, 'token', /^url: must be the URL of a Keywright server, such as .*\. It is missing or empty$/],
  ['', 'token', /^url: must be .* missing or empty$/],
  [
    '127.0.0.1:4000',
    'token',
    /^url: must be the URL of a Keywright server, such as http:\/\/127\.0\.0\.1:4000$/,
  ],
  ['ws://127.0.0.1:4000', 'token', /^url: must be the URL of a Keywright server/],
  ['http://127.0.0.1:4000/graphql', 'token', /^url: must not include \/graphql$/],
  ['http://127.0.0.1:4000', undefined, /^token: must be an API key.* missing or empty$/],
  ['http://127.0.0.1:4000', ' ', /^token: must be an API key.* missing or empty$/],
])('rejects the URL %j with the token %j before it connects', (url, token, message) => {
  expect(() => createVerifier({ url, token })).toThrow(
    expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) }),
  );
});
