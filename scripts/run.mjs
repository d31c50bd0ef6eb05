import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isStale } from './build.mjs';
import { isConsoleStale } from './build-console.mjs';

// Runs the program in this repository after building it if necessary. Standard output is reserved for the program.
const stale = isStale();
requireInstalled(stale);
if (stale && !make('build.mjs', ['--server'])) process.exit(1);
// Only a server uses the console, and it can run without: a failed build is reported on standard error.
if (process.argv[2] === 'serve' && isConsoleStale()) make('build-console.mjs');

/** Exits with an error if a package is missing, after a clone or an update. A build also needs the bundler. */
function requireInstalled(forBuild) {
  const pathOf = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'));
  const names = Object.keys(dependencies);
  const missing = [...names, ...(forBuild ? ['rolldown'] : [])].find(
    (name) => !existsSync(pathOf(`node_modules/${name}`)),
  );
  if (missing === undefined) return;
  process.stderr.write(`The package ${missing} is not installed: run npm ci in ${pathOf('')}\n`);
  process.exit(1);
}

/** Runs a script in a separate process, so that the server doesn't retain the bundler's memory. Returns its success. */
function make(script, options = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawnSync(process.execPath, [path, ...options], { stdio: ['ignore', 2, 2] }).status === 0;
}

const program = new URL('../dist/keywright.js', import.meta.url);
process.argv[1] = fileURLToPath(program);
await import(program.href);
