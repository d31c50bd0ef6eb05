import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A message, or a part of one. */
export type Json = Readonly<Record<string, unknown>>;

/** What a server sends at each step; functions replace what an honest one would send. */
export interface Behavior {
  welcome?(event: Json): unknown;
  lease?(event: Json): unknown;
  afterLease?: readonly unknown[];
  report?(input: { uses?: readonly { hash: string; count: number }[]; batch?: number }): unknown;
  verify?(answer: (code: string) => void): void;
  keys?(answer: {
    otherHashes: boolean;
    importedSecrets: boolean;
    results: { tooManyFailures: boolean; apiKey: Json }[];
  }): unknown;
}

/** The key that it finds for every secret. */
export const KEY = {
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
export async function startFake(behavior: Behavior) {
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
          reportMs: 250,
        },
      };
      event(stream, behavior.welcome ? behavior.welcome(welcome) : welcome);
    } else if (type === 'subscribe' && payload.variables.input?.key) {
      const verdict = { message: '', remaining: null, resetAt: null };
      const say = (code: string): void => {
        const verifyApiKey = { ...verdict, code, valid: code === 'VALID' };
        send({ id, type: 'next', payload: { data: { verifyApiKey } } });
        send({ id, type: 'complete' });
      };
      if (behavior.verify) behavior.verify(say);
      else say('NOT_FOUND');
    } else if (type === 'subscribe' && payload.variables.input) {
      const { input } = payload.variables;
      const reportVerifications = behavior.report?.(input) ?? { batch: input.batch ?? 0, slices: [] };
      if (Array.isArray(reportVerifications))
        return send({ id, type: 'error', payload: reportVerifications });
      const reported = { reportMs: 250, ...(reportVerifications as Json) };
      send({ id, type: 'next', payload: { data: { reportVerifications: reported } } });
      send({ id, type: 'complete' });
    } else if (type === 'subscribe') {
      const results = payload.variables.secrets.map(() => ({ tooManyFailures: false, apiKey: KEY }));
      const verifierKeys = { otherHashes: false, importedSecrets: false, results };
      send({
        id,
        type: 'next',
        payload: { data: { verifierKeys: behavior.keys ? behavior.keys(verifierKeys) : verifierKeys } },
      });
      send({ id, type: 'complete' });
    }
  });
}
