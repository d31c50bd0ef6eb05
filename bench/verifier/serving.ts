import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/keywright.js', import.meta.url));

/** A server with verification processes, as `keywright serve` starts it. */
export interface Serving {
  readonly url: string;
  readonly port: number;
  /** Port of its verification processes; NaN without any. */
  readonly verifyPort: number;
  readonly process: ChildProcess;
  /** Ids of its verification processes. */
  processes(): number[];
  stop(): Promise<void>;
}

/** Starts a server on a database, with this number of verification processes. */
export async function serve(
  databaseUrl: string,
  workers: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
    env: {
      ...{ PATH, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', NODE_ENV: 'production' },
      ...{ VERIFY_FAILURES_PER_MINUTE: '1000000' },
      ...(workers === 0 ? { VERIFY_PORT: 'off' } : { VERIFY_PORT: '0', VERIFY_WORKERS: String(workers) }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  const find = (pattern: RegExp): string | undefined => pattern.exec(out)?.[1];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  while (!find(/^Keywright is ready at (\S+)$/m) || (workers > 0 && !find(/verified at (\S+)\/verify/))) {
    if (child.exitCode !== null) throw new Error(`The server did not start: ${out}`);
    await new Promise((done) => setTimeout(done, 10));
  }
  const url = find(/^Keywright is ready at (\S+)$/m) ?? '';
  const verifyUrl = find(/verified at (\S+)\/verify/);
  return {
    url,
    port: Number(new URL(url).port),
    verifyPort: verifyUrl ? Number(new URL(verifyUrl).port) : Number.NaN,
    process: child,
    processes: () => childrenOf(child.pid).filter((pid) => commandOf(pid).includes('verification-process')),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** User and system time of a process, milliseconds (proc(5): fields 14 and 15, in hundredths of a second). */
export function workedMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Resident memory of a process, megabytes. */
export function residentMegabytes(pid: number | undefined): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
