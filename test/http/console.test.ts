import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { acceptedForm, consolePolicy } from '../../src/http/console/console.ts';
import { serverOn, startTestServer, type TestServer } from '../support/server.ts';

const HTML = '<!doctype html><html lang="en"><head><title>Keywright</title></head><body></body></html>';
/** With the settings of the server for the page. */
const SENT = HTML.replace(
  '</head>',
  `<meta name="version" content="${packageJson.version}">\n  <meta name="graphiql" content="/graphql">\n  </head>`,
);
const SCRIPT = 'console.log("the console");'.repeat(20);

const IDENTITY = { 'Accept-Encoding': 'identity' };

const unbuilt = serverOn('sqlite');

describe('the console', () => {
  let server: TestServer;

  beforeAll(async () => {
    const folder = builtConsole();
    server = await startTestServer('sqlite', { consoleFolder: folder });
    return () => server.close();
  });

  const get = (path: string, headers: Record<string, string> = IDENTITY) =>
    fetch(server.url + path, { headers, redirect: 'manual' });

  test.each(['/', '/keys', '/o/acme/keys/key_01', '/members', '/sessions?x=1'])(
    'is one page for all its views: %s',
    async (path) => {
      const response = await get(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      expect(await response.text()).toBe(SENT);
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  test.each([
    '/nothing',
    '/keysmith',
    '/index.html',
    '/build.json',
    '/assets',
    '/assets/',
    '/assets/gone.js',
  ])('is nowhere else: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('leaves the server’s own addresses to it', async () => {
    expect((await get('/healthz')).headers.get('content-type')).toContain('json');
    expect(await (await get('/sign-in')).text()).toContain('/sign-in.js');
    expect((await get('/schema.graphql')).headers.get('content-type')).toContain('text/plain');
    expect((await get('/verify')).status).toBe(401);
  });

  test('allows its page nothing inline and nothing from elsewhere', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toBe(consolePolicy(server.url));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`connect-src 'self' ${server.url.replace('http', 'ws')}`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect((await get('/assets/index-abc.js')).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
  });

  test('sends hashed pieces once and for all, and everything else only where it is new', async () => {
    const piece = await get('/assets/index-abc.js');
    expect(piece.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(piece.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await piece.text()).toBe(SCRIPT);
    for (const path of ['/', '/favicon.svg']) {
      const first = await get(path);
      expect(first.headers.get('cache-control')).toBe('no-cache');
      const etag = first.headers.get('etag') ?? '';
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
        expect((await get(path, { ...IDENTITY, 'If-None-Match': known })).status).toBe(304);
      expect((await get(path, { ...IDENTITY, 'If-None-Match': '"other"' })).status).toBe(200);
    }
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=0, identity', null],
    ['', null],
  ])('is compressed as the client takes it: %j', async (accepted, encoding) => {
    const sent = { 'Accept-Encoding': accepted };
    for (const [path, text] of [
      ['/', SENT],
      ['/assets/index-abc.js', SCRIPT],
    ] as const) {
      const response = await get(path, sent);
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      // The client has undone the compression.
      expect(await response.text()).toBe(text);
    }
  });

  test('answers HEAD like GET, without the body, and nothing else', async () => {
    const response = await fetch(`${server.url}/keys`, {
      method: 'HEAD',
      headers: { 'Accept-Encoding': 'identity' },
    });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(SENT.length),
      '',
    ]);
    expect((await fetch(`${server.url}/keys`, { method: 'POST' })).status).toBe(405);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets\\..\\..\\secret.txt',
    '//etc/passwd',
    '/assets/index-abc.js%00.txt',
    '/.hidden.json',
  ])('never reaches a file outside its list: %s', async (path) => {
    const answer = await raw(server, path);
    expect(answer).not.toContain('a secret');
    expect(answer).not.toContain('root:');
    expect(answer).toMatch(/^HTTP\/1\.1 (?:404|400)/);
  });

  test('is logged without what somebody typed', async () => {
    await get('/o/acme/keys/typed-by-somebody');
    expect(server.lines.join('')).not.toContain('typed-by-somebody');
  });
});

test('a console that is not built leaves / to GraphiQL, and its views nowhere', async () => {
  const home = await fetch(`${unbuilt().url}/`, { redirect: 'manual' });
  expect([home.status, home.headers.get('location')]).toEqual([303, '/graphql']);
  expect((await fetch(`${unbuilt().url}/keys`)).status).toBe(404);
});

test('the page says where single sign-on begins, where there is one', async () => {
  const oidc = { issuer: 'https://id.example.com', clientId: 'a', clientSecret: 'b'.repeat(32) };
  const server = await startTestServer('sqlite', {
    consoleFolder: builtConsole(),
    config: { oidc: oidc as never },
  });
  try {
    expect(await (await fetch(`${server.url}/`)).text()).toContain(
      '<meta name="single-sign-on" content="/sign-in/oidc">',
    );
  } finally {
    await server.close();
  }
});

test.each([
  [undefined, 'identity'],
  ['BR', 'br'],
  ['br;q=0.0, gzip;q=0.5', 'gzip'],
  ['zstd', 'identity'],
] as const)('of what is accepted (%s) the smallest form there is', (header, form) => {
  expect(acceptedForm(header, ['identity', 'br', 'gzip'])).toBe(form);
  expect(acceptedForm(header, ['identity'])).toBe('identity');
});

/** A folder as the build leaves it, with a file beside it that must not be seen. */
function builtConsole(): string {
  const base = mkdtempSync(join(inject('testRun').directory, 'built-'));
  const folder = join(base, 'console');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(base, 'secret.txt'), 'a secret');
  writeFileSync(join(folder, 'index.html'), HTML);
  writeFileSync(join(folder, 'build.json'), '{"inputs": "a secret"}');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets/index-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/index-abc.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets/index-abc.js.gz'), gzipSync(SCRIPT));
  return folder;
}

/** Sends the path as it is, which `fetch` would tidy up, and gives the whole answer. */
function raw(server: TestServer, path: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`),
    );
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
