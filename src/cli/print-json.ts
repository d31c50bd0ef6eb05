import type { Io } from './io.ts';

/** One JSON value on standard output, on one line. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}
