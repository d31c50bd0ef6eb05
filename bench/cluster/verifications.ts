import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Node } from './nodes.ts';
import type { Key } from './owner.ts';

const PRESENTER = fileURLToPath(new URL('presenter.ts', import.meta.url));

/** Numbers of accepted and of denied verifications. */
export interface Presented {
  readonly answered: number;
  readonly refused: number;
}

/**
 * Presents keys to these servers for some seconds, from a separate process: at `rate` per second each, or at full speed
 * with `atOnce` concurrent requests each. `end` stops it early; nothing is counted then.
 */
export function present(
  nodes: readonly Node[],
  keys: readonly Key[],
  { seconds, atOnce = 16, rate = 0 }: { seconds: number; atOnce?: number; rate?: number },
): { done: Promise<Presented>; end(): void } {
  const params = [
    nodes.map(({ url }) => url).join(),
    keys.map(({ secret }) => secret).join(),
    String(seconds * 1_000),
    String(atOnce),
    String(rate),
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', PRESENTER, ...params], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const done = new Promise<Presented>((resolve) => {
    child.on('close', () => resolve(out ? JSON.parse(out) : { answered: 0, refused: 0 }));
  });
  return { done, end: () => child.kill() };
}
