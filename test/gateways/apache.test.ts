import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { findProgram, missingOf } from '../support/programs.ts';
import { makeApiKey, makeMember, startTestServer, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { freePort, startProgram } from './program.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const MODULES = '/usr/lib/apache2/modules';

/** What Debian enables for every server, and the modules that the configuration names. */
const LOADED = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'authz_user',
  'headers',
  'proxy',
  'proxy_http',
  'oauth2',
];

const missing = missingOf('apache2') || missingModule();

function missingModule(): string {
  if (existsSync(`${MODULES}/mod_oauth2.so`)) return '';
  if (process.env.CI) throw new Error('mod_oauth2 is not installed, and in CI no test may be skipped');
  return ' (skipped: mod_oauth2 is not installed)';
}

describe.skipIf(missing)(`apache2 in front of an API${missing}`, () => {
  let keywright: TestServer;
  let upstream: Upstream;
  let member: Awaited<ReturnType<typeof makeMember>>;
  let url = '';
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    keywright = await startTestServer('sqlite');
    stops.push(() => keywright.close());
    upstream = await startUpstream();
    stops.push(() => upstream.stop());
    member = await makeMember(keywright);
    const { secret } = await makeApiKey(keywright, member.organizationId, { grants: ['api.key.verify'] });
    url = await startApache(secret);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  async function startApache(credential: string): Promise<string> {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'keywright-apache-'));
    const text = readFileSync(join(import.meta.dirname, '../../deploy/apache/keywright.conf'), 'utf8')
      .replace('Listen 8000', `Listen 127.0.0.1:${port}`)
      .replace('*:8000', `127.0.0.1:${port}`)
      .replace('127.0.0.1:4000', new URL(keywright.url).host)
      .replace('127.0.0.1:8080', `127.0.0.1:${upstream.port}`)
      .replace('client_secret=YOUR_API_KEY', `client_secret=${credential}`);
    const modules = LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
    const server = [
      `ServerRoot ${directory}`,
      `PidFile ${directory}/pid`,
      `DefaultRuntimeDir ${directory}`,
      `ErrorLog ${directory}/error.log`,
      'ServerName localhost',
    ];
    const path = join(directory, 'apache.conf');
    writeFileSync(path, [...server, ...modules, text].join('\n'));
    const { stop } = await startProgram(findProgram('apache2') ?? '', ['-X', '-f', path], {
      port,
      cwd: directory,
    });
    stops.push(stop);
    return `http://127.0.0.1:${port}`;
  }

  const get = (key: string | null, headers: Record<string, string> = {}) =>
    fetch(`${url}/orders?a=b`, { headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers } });

  test('passes requests with a key on, with the key’s identity and without the key', async () => {
    const { secret, id } = await makeApiKey(keywright, member.organizationId, { grants: ['a.b', 'a.c'] });
    const forged = {
      'X-Keywright-Key-Id': 'key_forged',
      'X-Keywright-Organization-Id': 'org_forged',
      'X-Keywright-Permissions': '*',
      'x-keywright-role': 'owner',
      'X-Keywright-Teams': 'team_forged',
      'X-KEYWRIGHT-External-Id': 'forged',
      OAUTH2_CLAIM_client_id: 'key_forged',
    };
    const answer = await get(secret, forged);
    expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    const { url: path, headers } = upstream.arrivals.at(-1) ?? {};
    expect(path).toBe('/orders?a=b');
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      'x-keywright-key-id': [id],
      'x-keywright-organization-id': [member.organizationId],
      'x-keywright-environment': ['live'],
      'x-keywright-permissions': ['a.b a.c'],
    });
    for (const name of ['role', 'teams', 'external-id'])
      expect(headers?.get(`x-keywright-${name}`)).toBeUndefined();
    expect(JSON.stringify([...(headers ?? [])])).not.toContain(secret);
  });

  test('rejects everything else with 401, a revoked key with the next request', async () => {
    const { secret, id } = await makeApiKey(keywright, member.organizationId);
    const trial = await makeApiKey(keywright, member.organizationId, { environment: 'test' });
    const foreign = await makeApiKey(keywright, (await makeMember(keywright)).organizationId);
    expect((await get(secret)).status).toBe(200);
    await revokeApiKey(contextFor(keywright.services, systemPrincipal('test')), { id });
    const before = upstream.arrivals.length;
    for (const key of [secret, trial.secret, foreign.secret, generateSecret('kw', 'live'), 'x', null])
      expect((await get(key)).status).toBe(401);
    expect(upstream.arrivals).toHaveLength(before);
  });

  test('rejects keys where Keywright rejects its credential', async () => {
    const { secret } = await makeApiKey(keywright, member.organizationId);
    const other = await startApache(generateSecret('kw', 'live'));
    const before = upstream.arrivals.length;
    const answer = await fetch(other, { headers: { Authorization: `Bearer ${secret}` } });
    expect(answer.status).toBe(401);
    expect(upstream.arrivals).toHaveLength(before);
  });
});
