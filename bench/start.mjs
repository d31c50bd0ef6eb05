import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, isStale } from '../scripts/build.mjs';

// Time from the start of the process to the first response, in turn with a bare node:http server. Also how long it takes
// to stop, and the resident memory of the server and of each verification process before that (on Linux).
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
  'without processes, /healthz': { args: serve, path: '/healthz', settings: { VERIFY_PORT: 'off' } },
  'keywright, /healthz': { args: serve, path: '/healthz' },
  'keywright, { __typename }': { args: serve, path: '/graphql', body: QUERY },
  'two processes, /healthz': { args: serve, path: '/healthz', settings: { VERIFY_WORKERS: '2' } },
};

/** Resident memory of a process and its children, megabytes. Empty on other systems than Linux. */
function residentMb(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [pid, ...children].map((id) => {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
    });
  } catch {
    return [];
  }
}

function ask(url, body) {
  return new Promise((resolve, reject) => {
    const options = body ? { method: 'POST', headers: { 'Content-Type': 'application/json' } } : {};
    const asking = request(url, { ...options, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    asking.on('error', reject).end(body);
  });
}

async function startOnce({ args, path, body, settings = {} }) {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (!url) continue;
    const status = await ask(url + path, body);
    const milliseconds = performance.now() - start;
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    const memory = residentMb(child.pid);
    const stopping = performance.now();
    child.kill('SIGTERM');
    await once(child, 'exit');
    return { milliseconds, memory, stopped: performance.now() - stopping };
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
  const floor = median(times.get('bare node:http').map(({ milliseconds }) => milliseconds));
  for (const [name, list] of times) {
    const time = median(list.map(({ milliseconds }) => milliseconds));
    const stopped = median(list.map((one) => one.stopped)).toFixed(0);
    const ratio = `${time.toFixed(0).padStart(5)} ms  ${(time / floor).toFixed(2)} ×`;
    console.log(`${name.padEnd(28)} ${ratio}, stops in ${stopped} ms, ${list.at(-1).memory.join(' + ')} MB`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
