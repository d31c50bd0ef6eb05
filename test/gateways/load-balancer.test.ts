import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { allow, preflight, readerOf } from '../http/cors/pages.ts';
import { findProgram, missingOf } from '../support/programs.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { openVerifySite } from '../support/verify-site.ts';
import { eventually } from '../support/wait.ts';
import { freePort, startProgram } from './program.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const CHANGED = 'subscription { apiKeyChanged { __typename } }';
const missing = missingOf('caddy');

describe.skipIf(missing)(`servers behind the load balancer of compose.yaml${missing}`, () => {
  const server = serverOn('sqlite');

  async function startCaddy(): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'keywright-caddy-'));
    const port = await freePort();
    const { host } = new URL(server().url);
    const site = await openVerifySite(server());
    onTestFinished(() => site.stop());
    const text = readFileSync(join(import.meta.dirname, '../../deploy/compose/Caddyfile'), 'utf8')
      .replaceAll('keywright-1:4001 keywright-2:4001', new URL(site.url).host)
      .replaceAll('keywright-1:4000 keywright-2:4000', host)
      .replace(/^:8080/m, `http://127.0.0.1:${port}`);
    expect(text).toContain(host);
    const file = join(directory, 'Caddyfile');
    writeFileSync(file, `{\n\tadmin off\n}\n\n${text}`);
    const args = ['run', '--adapter', 'caddyfile', '--config', file];
    const running = { port, cwd: directory, env: { HOME: directory } };
    const { stop } = await startProgram(findProgram('caddy') ?? '', args, running);
    onTestFinished(async () => {
      await stop();
      rmSync(directory, { recursive: true });
    });
    const url = `http://127.0.0.1:${port}`;
    // Caddy uses a server once it has found it ready.
    await eventually(async () => (await fetch(`${url}/healthz`)).ok);
    return url;
  }

  test('answer pages of other origins: preflights, requests, event streams and sockets', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    await allow(server(), organizationId, APP);
    const url = await startCaddy();

    for (const path of ['/graphql', '/schema.graphql']) {
      const answer = await preflight({ url }, APP, path);
      expect([answer.status, readerOf(answer)]).toEqual([204, APP]);
      expect(readerOf(await preflight({ url }, OTHER, path))).toBeNull();
    }
    expect((await preflight({ url }, APP, '/verify?preflight=allow')).status).toBe(200);
    expect((await preflight({ url }, APP, '/verify')).status).toBe(401);

    const headers = { Origin: APP };
    const read = await ask({ url }, '{ viewer { id } }', { token: secret, headers });
    expect([read.status, readerOf(read)]).toEqual([200, APP]);
    const rejected = await ask({ url }, '{ viewer { id } }', { token: secret, headers: { Origin: OTHER } });
    expect([rejected.status, readerOf(rejected)]).toEqual([403, null]);

    const events: string[] = [];
    const follow = (name: string) => ({
      next: () => void events.push(name),
      error: (error: unknown) => void events.push(`${name}: ${error}`),
      complete: () => void events.push(`${name} completed`),
    });
    const authorization = `Bearer ${secret}`;
    const stream = createSseClient({ url: `${url}/graphql`, headers: { ...headers, authorization } });
    class FromPage extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { origin: APP });
      }
    }
    const socket = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: FromPage,
      connectionParams: { authorization },
    });
    const leave = [
      stream.subscribe({ query: CHANGED }, follow('stream')),
      socket.subscribe({ query: CHANGED }, follow('socket')),
    ];
    await eventually(() => server().app.liveServer.subscriptions.counts.live === 2);
    await makeApiKey(server(), organizationId);
    await eventually(() => events.length === 2);
    expect(events.sort()).toEqual(['socket', 'stream']);
    for (const one of leave) one();
  });
});
