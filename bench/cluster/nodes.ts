import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/keywright.js', import.meta.url));

/** A server in a separate process. */
export interface Node {
  readonly url: string;
  readonly process: ChildProcess;
  /** CPU time so far, milliseconds. NaN if the system doesn't report it. */
  workedMs(): number;
  stop(): Promise<void>;
}

function environment(databaseUrl: string): Record<string, string> {
  const { PATH = '' } = process.env;
  const quiet = {
    VERIFY_PORT: 'off',
    LOG_LEVEL: 'warn',
    VERIFY_FAILURES_PER_MINUTE: '1000000',
    NODE_ENV: 'production',
  };
  return { PATH, DATABASE_URL: databaseUrl, ...quiet };
}

/** Creates an operator token. */
export function makeToken(databaseUrl: string): string {
  const made = spawnSync(process.execPath, [PROGRAM, 'operator-tokens', 'create', 'bench'], {
    env: environment(databaseUrl),
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return made.stdout.trim();
}

/** From /proc (proc(5)): user and system time are fields 14 and 15, in hundredths of a second. */
function workedMs(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Number.NaN;
  }
}

/** Starts a server on the database. */
export async function startNode(databaseUrl: string): Promise<Node> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
    env: environment(databaseUrl),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  let url: string | undefined;
  for await (const chunk of child.stdout) {
    out += chunk;
    url = /^Keywright is ready at (\S+)$/m.exec(out)?.[1];
    if (url) break;
  }
  if (!url) throw new Error('A node did not start');
  return {
    url,
    process: child,
    workedMs: () => workedMs(child.pid),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
