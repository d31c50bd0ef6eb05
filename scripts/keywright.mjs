import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isStale } from './build.mjs';

// Runs the program of this repository as it is now. Standard output belongs to the program alone.
if (isStale()) {
  const path = fileURLToPath(new URL('build.mjs', import.meta.url));
  // In a process of its own: a server must not carry the bundler's memory.
  const { status } = spawnSync(process.execPath, [path], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
const program = new URL('../dist/keywright.js', import.meta.url);
process.argv[1] = fileURLToPath(program);
await import(program.href);
