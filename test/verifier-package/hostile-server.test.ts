import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { openVerifier } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a server sends at each step; functions replace what an honest one would send. */
interface Behavior {
  welcome?(event: Json): unknown;
  lease?(event: Json): unknown;
  afterLease?: readonly unknown[];
  keys?(answer: { otherHashes: boolean; results: { tooManyFailures: boolean; apiKey: Json }[] }): unknown;
}

const KEY = {
  id: 'key_1',
  secretId: 'sec_1',
  organizationId: 'org_1',
  environment: 'LIVE',
  permissions: ['orders.read'],
  roleName: null,
  teamIds: [],
  externalId: null,
  ipAllowlist: [],
  rateLimit: null,
  enabled: true,
  revoked: false,
  expiresAt: null,
  apiKeyExpiresAt: null,
  sequence: 7,
};

/** A server that speaks the protocol, except where it is told otherwise. Returns its URL and how many connections it had. */
async function startFake(behavior: Behavior) {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => 'graphql-transport-ws',
  });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    answer(socket, behavior);
  });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

function answer(socket: WebSocket, behavior: Behavior): void {
  let number = 0;
  let stream = '';
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const event = (id: string, payload: unknown) => {
    number += 1;
    if (typeof payload === 'string') send(payload);
    else send({ id, type: 'next', payload: { data: { verifierEvents: payload } } });
  };
  socket.on('message', (text) => {
    const { type, id, payload } = JSON.parse(String(text));
    if (type === 'connection_init') send({ type: 'connection_ack' });
    else if (type === 'pong' && payload.verifier.nonce) {
      const { nonce } = payload.verifier;
      const lease = {
        __typename: 'VerifierLease',
        number: number + 1,
        nonce,
        leaseMs: 3_000,
        serverTime: Date.now(),
      };
      event(stream, behavior.lease ? behavior.lease(lease) : lease);
      for (const one of behavior.afterLease ?? []) event(stream, one);
    } else if (type === 'subscribe' && payload.query.startsWith('subscription')) {
      stream = id;
      const welcome = {
        ...{
          __typename: 'VerifierWelcome',
          number: 1,
          stream: 'str_1',
          writer: 'wri_1',
          leaseMs: 3_000,
          renewMs: 1_000,
        },
      };
      event(stream, behavior.welcome ? behavior.welcome(welcome) : welcome);
    } else if (type === 'subscribe' && payload.variables.input) {
      const reportVerifications = { batch: payload.variables.input.batch ?? 0, slices: [] };
      send({ id, type: 'next', payload: { data: { reportVerifications } } });
      send({ id, type: 'complete' });
    } else if (type === 'subscribe') {
      const results = payload.variables.secrets.map(() => ({ tooManyFailures: false, apiKey: KEY }));
      const verifierKeys = { otherHashes: false, results };
      send({
        id,
        type: 'next',
        payload: { data: { verifierKeys: behavior.keys ? behavior.keys(verifierKeys) : verifierKeys } },
      });
      send({ id, type: 'complete' });
    }
  });
}

const inKey = (fields: Json): Behavior => ({
  keys: ({ results, ...rest }) => ({
    ...rest,
    results: results.map((one) => ({ ...one, apiKey: { ...KEY, ...fields } })),
  }),
});

it('accepts a key by an honest fake, so that the others test what they say', async () => {
  const { url } = await startFake({});
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  const secret = generateSecret('kw', 'live');
  expect(await verifier.verify(secret, { permissions: ['orders.read'] })).toMatchObject({ valid: true });
  expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'memory' });
});

it.each<[string, Behavior]>([
  ['a welcome without a stream', { welcome: ({ stream: _, ...event }) => event }],
  ['a welcome with another number', { welcome: (event) => ({ ...event, number: 2 }) }],
  ['a welcome that renews without a pause', { welcome: (event) => ({ ...event, renewMs: 0 }) }],
  [
    'a lease before the welcome',
    { welcome: () => ({ __typename: 'VerifierLease', number: 1, nonce: 'a', leaseMs: 1, serverTime: 1 }) },
  ],
  ['an event of no type', { welcome: () => ({ number: 1 }) }],
  ['no event', { welcome: () => null }],
  ['no JSON', { welcome: () => '{' }],
  ['a lease of text', { lease: (event) => ({ ...event, leaseMs: '3000' }) }],
  ['an endless lease', { lease: (event) => ({ ...event, leaseMs: null }) }],
  ['a lease with a number that is left out', { lease: (event) => ({ ...event, number: 3 }) }],
  ['a lease with a number that is repeated', { lease: (event) => ({ ...event, number: 1 }) }],
])('disconnects after %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const reasons: string[] = [];
  const verifier = openVerifier(url, 'token', {
    onDisconnect: ({ message }) => reasons.push(message),
    timeoutMs: 500,
  });
  await eventually(() => reasons.length > 0);
  await expect(verifier.verify(generateSecret('kw', 'live'))).rejects.toBeInstanceOf(
    VerifierUnavailableError,
  );
  expect(verifier.status()).toMatchObject({ connected: false, keys: 0 });
});

it.each<[string, Behavior]>([
  ['with another nonce', { lease: (event) => ({ ...event, nonce: 'aaaaaaaaaaaaaaaaaaaaaaaa' }) }],
  ['that is reset at once', { afterLease: [{ __typename: 'VerifierReset', number: 3 }] }],
])('holds no lease %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const verifier = openVerifier(url, 'token', { timeoutMs: 500 });
  const secret = generateSecret('kw', 'live');
  for (let round = 0; round < 3; round += 1)
    expect(await verifier.verify(secret)).toMatchObject({ valid: true, source: 'server' });
  expect(verifier.status()).toMatchObject({ connected: false, leaseMs: 0 });
});

it.each<[string, Behavior]>([
  ['no results', { keys: () => ({ otherHashes: false, results: [] }) }],
  ['two results', { keys: ({ results, ...rest }) => ({ ...rest, results: [...results, ...results] }) }],
  ['nothing', { keys: () => null }],
  ['an error', { keys: () => undefined }],
  ['a flag of text', inKey({ revoked: 'false' })],
  ['no flag', inKey({ enabled: undefined })],
  ['an allowlist that is no list', inKey({ ipAllowlist: null })],
  ['a network that is none', inKey({ ipAllowlist: ['everywhere'] })],
  ['an expiry of text', inKey({ expiresAt: '2999-01-01' })],
  ['an environment that is none', inKey({ environment: 'live' })],
  ['a limit of nothing', inKey({ rateLimit: { limit: 0, windowSeconds: 1 } })],
  ['a sequence that is none', inKey({ sequence: -1 })],
  ['permissions that are no texts', inKey({ permissions: [1] })],
])('rejects a key that the server describes by %s', async (_title, behavior) => {
  const { url } = await startFake(behavior);
  const verifier = openVerifier(url, 'token', { timeoutMs: 500 });
  await verifier.ready();
  const secret = generateSecret('kw', 'live');
  for (let round = 0; round < 2; round += 1) {
    await expect(verifier.verify(secret)).rejects.toBeInstanceOf(VerifierUnavailableError);
  }
});
