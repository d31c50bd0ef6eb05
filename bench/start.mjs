import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, isStale } from '../scripts/build.mjs';

// Time from the start of the process to the first response, in turn with a bare node:http server.
const ROUNDS = Number(process.argv[2] ?? 15);

const BARE = `
  const server = require('node:http').createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1', () => console.log('ready at http://127.0.0.1:' + server.address().port));
  process.on('SIGTERM', () => process.exit(0));
`;

const directory = mkdtempSync(join(tmpdir(), 'keywright-start-'));
const program = fileURLToPath(new URL('../dist/keywright.js', import.meta.url));
const env = { ...process.env, DATABASE_URL: `sqlite:${join(directory, 'keywright.db')}`, LOG_LEVEL: 'error' };
const serve = [program, 'serve', '--port', '0'];
const QUERY = JSON.stringify({ query: '{ __typename }' });

const subjects = {
  'bare node:http': { args: ['-e', BARE], path: '/' },
  'keywright, /healthz': { args: serve, path: '/healthz' },
  'keywright, { __typename }': { args: serve, path: '/graphql', body: QUERY },
};

function ask(url, body) {
  return new Promise((resolve, reject) => {
    const options = body ? { method: 'POST', headers: { 'Content-Type': 'application/json' } } : {};
    const asking = request(url, { ...options, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    asking.on('error', reject).end(body);
  });
}

async function startOnce({ args, path, body }) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (!url) continue;
    const status = await ask(url + path, body);
    const milliseconds = performance.now() - start;
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    child.kill('SIGTERM');
    await once(child, 'exit');
    return milliseconds;
  }
  throw new Error('It ended before it was ready');
}

if (isStale()) await build();
try {
  const times = new Map(Object.keys(subjects).map((name) => [name, []]));
  // The first round creates the database and warms the disk cache.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const time = await startOnce(subject);
      if (round > 0) times.get(name).push(time);
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  console.log(`${ROUNDS} rounds, medians; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
  const floor = median(times.get('bare node:http'));
  for (const [name, list] of times) {
    const time = median(list);
    console.log(`${name.padEnd(28)} ${time.toFixed(0).padStart(5)} ms  ${(time / floor).toFixed(2)} ×`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
