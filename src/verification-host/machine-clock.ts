import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Milliseconds since the machine started: a clock that all of its processes share, and that never steps. Unlike
 * `performance.now()`, readings of different processes can be compared.
 */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

/** Two computations of the time at which a machine started differ by less, seconds. */
const PRECISION_S = 600;

/** Identifies the run of the machine that `machineNow` belongs to: it changes when the machine is restarted. */
export function machineRun(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Other systems than Linux: when it started, by the wall clock.
    return String(Math.round((Date.now() / 1_000 - uptime()) / PRECISION_S));
  }
}
