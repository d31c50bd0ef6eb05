import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Node } from './nodes.ts';
import type { Key } from './owner.ts';

const PRESENTER = fileURLToPath(new URL('presenter.ts', import.meta.url));

/** How many verifications were accepted, and how many were not. */
export interface Presented {
  readonly answered: number;
  readonly refused: number;
}

/**
 * Presents keys at all of these servers for some seconds, from a process of its own: `rate` a second at each, or as fast
 * as they answer with `atOnce` under way at each. `end` ends it early, and then nothing was counted.
 */
export function present(
  nodes: readonly Node[],
  keys: readonly Key[],
  { seconds, atOnce = 16, rate = 0 }: { seconds: number; atOnce?: number; rate?: number },
): { done: Promise<Presented>; end(): void } {
  const given = [
    nodes.map(({ url }) => url).join(),
    keys.map(({ secret }) => secret).join(),
    String(seconds * 1_000),
    String(atOnce),
    String(rate),
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', PRESENTER, ...given], {
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
