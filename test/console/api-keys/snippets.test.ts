import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { snippetsOf } from '../../../console/src/features/api-keys/form/create/snippets.ts';
import { freePort, startProgram } from '../../gateways/program.ts';
import { startUpstream } from '../../gateways/upstream.ts';
import { findProgram, missingOf } from '../../support/programs.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';

const keywright = serverOn('sqlite');
const facts = {
  secret: 'kw_live_x',
  keyId: 'key_1',
  keyName: 'A',
  organizationId: 'org_1',
  environment: 'LIVE',
} as const;

describe('the gateway that a new key’s dialog suggests', () => {
  const nginx = (snippet: string, directory: string) => {
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(directory, kind)};`,
    );
    writeFileSync(
      join(directory, 'nginx.conf'),
      `${user} daemon off; pid ${join(directory, 'pid')}; error_log stderr warn; events {}
       http { access_log off; ${paths.join(' ')} ${snippet} }`,
    );
    return ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
  };
  const caddy = (snippet: string, directory: string) => {
    const file = join(directory, 'Caddyfile');
    const site = snippet.replace(/^127[\d.]+(:\d+) \{/m, '$1 {');
    writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n\n${site}`);
    return ['run', '--adapter', 'caddyfile', '--config', file];
  };

  for (const [title, configure] of [
    ['nginx', nginx],
    ['Caddy', caddy],
  ] as const)
    test.skipIf(missingOf(title.toLowerCase()))(
      `lets ${title} pass who the key is, and refuses the rest${missingOf(title.toLowerCase())}`,
      async () => {
        const { organizationId } = await makeMember(keywright());
        const live = await makeApiKey(keywright(), organizationId, {});
        const other = await makeApiKey(keywright(), organizationId, { environment: 'test' });
        const foreign = await makeApiKey(keywright(), (await makeMember(keywright())).organizationId, {});
        const limited = await makeApiKey(keywright(), organizationId, {
          rateLimit: { limit: 1, windowSeconds: 60 },
        });
        const vast = Array.from({ length: 100 }, (_, index) => `p${index}.`.padEnd(100, 'x'));
        const large = await makeApiKey(keywright(), organizationId, { grants: vast.slice(0, 78) });
        const tooLarge = await makeApiKey(keywright(), organizationId, { grants: vast });
        const upstream = await startUpstream();
        onTestFinished(() => upstream.stop());
        const port = await freePort();
        const directory = mkdtempSync(join(inject('testRun').directory, 'snippet-'));
        const snippet = snippetsOf({ ...facts, organizationId, server: keywright().url })
          .find((one) => one.title === title)
          ?.text.replace('127.0.0.1:8080', `127.0.0.1:${upstream.port}`)
          .replace('listen 8000', `listen 127.0.0.1:${port}`)
          .replace(':8000', `127.0.0.1:${port}`);
        const args = configure(snippet ?? '', directory);
        const program = findProgram(title.toLowerCase()) ?? '';
        const { stop } = await startProgram(program, args, {
          port,
          cwd: directory,
          env: { HOME: directory },
        });
        onTestFinished(stop);
        const answer = (headers: Record<string, string>) =>
          fetch(`http://127.0.0.1:${port}/orders`, { headers });
        const ask = async (headers: Record<string, string>) => (await answer(headers)).status;

        const forged = { 'X-Keywright-Key-Id': 'key_forged', 'X-Keywright-Role': 'owner' };
        expect(await ask({ Authorization: `Bearer ${live.secret}`, ...forged })).toBe(200);
        const [arrival] = upstream.arrivals;
        expect(arrival?.headers.get('x-keywright-key-id')).toEqual([live.id]);
        expect(arrival?.headers.get('x-keywright-role') ?? ['']).toEqual(['']);
        expect([...(arrival?.headers.values() ?? [])].flat().join()).not.toContain(live.secret);
        expect(await ask(forged)).toBe(401);
        expect(await ask({ Authorization: `Bearer ${other.secret}` })).toBe(403);
        expect(await ask({ Authorization: `Bearer ${foreign.secret}` })).toBe(401);
        expect(upstream.arrivals).toHaveLength(1);

        expect(await ask({ 'X-API-Key': limited.secret })).toBe(200);
        const refused = await answer({ 'X-API-Key': limited.secret });
        expect(refused.status).toBe(429);
        expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
        expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
        // nginx itself takes no longer header.
        const cookie = 'x'.repeat(title === 'nginx' ? 7_500 : 20_000);
        expect(await ask({ 'X-API-Key': large.secret, Cookie: cookie })).toBe(200);
        const vastly = await answer({ 'X-API-Key': tooLarge.secret });
        expect([vastly.status, await vastly.json()]).toMatchObject([403, { code: 'IDENTITY_TOO_LARGE' }]);
        const token = `Bearer ${'a'.repeat(500)}.b.c`;
        expect(await ask({ 'X-API-Key': live.secret, Authorization: token })).toBe(200);
        const two = { 'X-API-Key': live.secret, Authorization: `Bearer ${other.secret}` };
        expect(await ask(two)).toBe(400);
      },
    );
});

describe('the API that a new key’s dialog suggests', () => {
  for (const { title, program, file, prepare } of [
    { title: 'Node', program: 'node', file: 'server.mjs', prepare: null },
    { title: 'Python', program: 'python3', file: 'server.py', prepare: null },
    // `go run` starts a process that it doesn't stop.
    { title: 'Go', program: 'go', file: 'main.go', prepare: ['build', '-o', 'api', 'main.go'] },
  ] as const)
    test.skipIf(missingOf(program))(
      `accepts in ${title} whom Keywright accepts, and nobody without it${missingOf(program)}`,
      async () => {
        const start = async (server: string, organizationId: string) => {
          const directory = mkdtempSync(join(inject('testRun').directory, 'snippet-'));
          const port = await freePort();
          const text = snippetsOf({ ...facts, organizationId, server }).find((one) => one.title === title);
          writeFileSync(join(directory, file), text?.text.replace('8000', String(port)) ?? '');
          const env = { ...process.env, GOCACHE: join(inject('testRun').directory, 'go') };
          const path = findProgram(program) ?? '';
          if (prepare) await promisify(execFile)(path, prepare, { cwd: directory, env });
          const command = prepare ? join(directory, 'api') : path;
          const { stop } = await startProgram(command, prepare ? [] : [file], { port, cwd: directory, env });
          onTestFinished(stop);
          return (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/orders`, { headers });
        };
        const { organizationId } = await makeMember(keywright());
        const live = await makeApiKey(keywright(), organizationId, {});
        const other = await makeApiKey(keywright(), organizationId, { environment: 'test' });
        const foreign = await makeApiKey(keywright(), (await makeMember(keywright())).organizationId, {});
        const limited = await makeApiKey(keywright(), organizationId, {
          rateLimit: { limit: 1, windowSeconds: 60 },
        });
        const answer = await start(keywright().url, organizationId);
        const ask = async (headers: Record<string, string>) => {
          const response = await answer(headers);
          return [response.status, await response.text()];
        };
        const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

        expect(await ask(bearer(live.secret))).toEqual([200, expect.stringContaining(live.id)]);
        expect(await ask({ 'X-API-Key': live.secret, Cookie: 'x'.repeat(12_000) })).toEqual([
          200,
          expect.stringContaining(live.id),
        ]);
        const forged = { 'X-Keywright-Key-Id': 'key_forged' };
        expect(await ask({ ...bearer(live.secret), ...forged })).toEqual([
          200,
          expect.not.stringContaining('forged'),
        ]);
        expect(await ask(forged)).toEqual([401, expect.stringContaining('MALFORMED')]);
        expect(await ask(bearer(other.secret))).toEqual([403, expect.stringContaining('WRONG_ENVIRONMENT')]);
        expect(await ask(bearer(foreign.secret))).toEqual([401, expect.stringContaining('NOT_FOUND')]);
        expect(await ask({ ...bearer(live.secret), 'X-API-Key': other.secret })).toEqual([
          400,
          expect.stringContaining('BAD_REQUEST'),
        ]);
        expect((await answer(bearer(limited.secret))).status).toBe(200);
        const refused = await answer(bearer(limited.secret));
        expect([refused.status, await refused.json()]).toEqual([429, { code: 'RATE_LIMITED' }]);
        expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

        const alone = await start(`http://127.0.0.1:${await freePort()}`, organizationId);
        const nobody = await alone(bearer(live.secret));
        expect([nobody.status, await nobody.json()]).toEqual([503, { code: 'UNAVAILABLE' }]);
        // A redirect would carry the key to somewhere else.
        const upstream = await startUpstream();
        onTestFinished(() => upstream.stop());
        const elsewhere = createServer((_request, response) => {
          response.writeHead(302, { Location: `http://127.0.0.1:${upstream.port}/` }).end();
        }).listen(0, '127.0.0.1');
        onTestFinished(() => void elsewhere.close());
        await once(elsewhere, 'listening');
        const { port: away } = elsewhere.address() as AddressInfo;
        const led = await start(`http://127.0.0.1:${away}`, organizationId);
        expect((await led(bearer(live.secret))).status).toBe(503);
        expect(upstream.arrivals).toEqual([]);
      },
    );
});

test('a key’s name can’t add a line to the file of its program', () => {
  const keyName = 'A\nADMIN=1 \u2028B';
  const file = snippetsOf({ ...facts, keyName, server: 'https://keys.example.com' })[1]?.text;
  expect(file).toBe('# A ADMIN=1 B (key_1)\nAPI_KEY=kw_live_x');
});

test('a server behind TLS is asked by its name', () => {
  const snippets = snippetsOf({ ...facts, server: 'https://keys.example.com' });
  const of = (title: string) => snippets.find((one) => one.title === title);
  const [nginx, caddy, python] = [of('nginx'), of('Caddy'), of('Python')];
  expect(python?.text).toContain('HTTPSConnection("keys.example.com", timeout=5)');
  expect(nginx?.text).toContain(
    'proxy_pass https://keys.example.com/verify?organization=org_1&environment=live;',
  );
  expect(nginx?.text).toContain('proxy_set_header Host keys.example.com;');
  expect(nginx?.text).toContain('proxy_ssl_server_name on;');
  expect(caddy?.text).toContain('forward_auth https://keys.example.com {');
  expect(caddy?.text).toContain('header_up Host {upstream_hostport}');
});
