// Starts an installed Keywright on SQLite, verifies keys during continuous garbage collection, and stops it. Usage:
// node scripts/smoke.mjs PATH-OF-keywright.js; the server runs on the same Node.js. Exits with 1 on failure.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERIFICATIONS = 3_000;
const AT_ONCE = 20;

/** With addons whose objects don't survive garbage collection, a few collections crash the process. */
const COLLECTOR = 'data:text/javascript,setInterval(() => gc(), 10).unref()';

const [program = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'keywright-smoke-'));
const env = {
  ...process.env,
  DATABASE_URL: `sqlite:${join(folder, 'keywright.db')}`,
  VERIFY_PORT: 'off',
  LOG_LEVEL: 'warn',
};
const collecting = ['--expose-gc', '--import', COLLECTOR];
const server = spawn(process.execPath, [...collecting, program, 'serve', '--port', '0'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(server, 'exit');
try {
  const url = await Promise.race([ready(), ended.then(([code]) => assert.fail(`The server ended: ${code}`))]);
  const made = execFileSync(
    process.execPath,
    [program, 'init', '--organization', 'Smoke', '--email', 'smoke@example.com', '--json'],
    { env, encoding: 'utf8' },
  );
  const secret = await createKey(url, JSON.parse(made).sessionToken);
  for (let done = 0; done < VERIFICATIONS; done += AT_ONCE) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => verify(url, secret)));
    assert.deepEqual([...new Set(answers)], [200]);
  }
  assert.equal(await verify(url, 'kw_live_nothing'), 401);
  server.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
console.log(`Node.js ${process.version}: ${VERIFICATIONS} verifications, and a clean end`);

/** The URL that the server prints once it accepts connections. */
async function ready() {
  let text = '';
  for await (const chunk of server.stdout.setEncoding('utf8')) {
    text += chunk;
    const [, url] = /ready at (\S+)/.exec(text) ?? [];
    if (url) {
      server.stdout.resume();
      return url;
    }
  }
  return assert.fail('The server said nothing');
}

async function createKey(url, token) {
  const query = 'mutation { createApiKey(input: {name: "Smoke"}) { ... on CreateApiKeyPayload { secret } } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = await response.json();
  return data.createApiKey.secret;
}

async function verify(url, secret) {
  const response = await fetch(`${url}/verify`, { headers: { 'X-API-Key': secret } });
  await response.arrayBuffer();
  return response.status;
}
