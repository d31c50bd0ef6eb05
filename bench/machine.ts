import { cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** Total CPU time of the machine, milliseconds. */
export function busyMs(): number {
  const idle = cpus().reduce((sum, { times }) => sum + times.idle, 0);
  return cpus().length * performance.now() - idle;
}

/** Waits until the machine is nearly idle, or a time limit has passed. */
export async function quietMoment(patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const before = busyMs();
    await pause(500);
    if (busyMs() - before < 100 || performance.now() > end) return;
  }
}

/** The machine and the versions in one line. */
export function machine(versions: Readonly<Record<string, string>>): string {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const [major, minor] = process.versions.node.split('.');
  const platform = process.platform === 'linux' ? 'Linux' : process.platform;
  const arch = process.arch === 'x64' ? 'x86-64' : process.arch;
  return `${cpus().length} cores, ${gibibytes} GiB, ${platform} ${arch}, Node ${major}.${minor}; ${named.join(', ')}`;
}
