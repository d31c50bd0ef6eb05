import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';
import { entry, minimumOf } from './entry.mjs';
import { fingerprint } from './fingerprint.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const record = join(dist, 'build.json');
const unfinished = '.build-';

/** The sources of the bundle. */
const INPUTS = [
  'src',
  'schema',
  'db',
  'scripts/build.mjs',
  'scripts/entry.mjs',
  'scripts/fingerprint.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** A running server loads chunks of its own build on demand, so the chunks of this many older builds are kept. */
const BUILDS_KEPT = 10;

/** After this time, chunks that no build lists are considered left over from a killed build. */
const LEFTOVER_AGE_MS = 3_600_000;

/** Whether the bundle is missing, or made from other files than those of now. */
export function isStale() {
  return !existsSync(join(dist, 'keywright.js')) || readRecord().inputs !== fingerprint(root, INPUTS);
}

/**
 * Creates `dist/keywright.js` and its chunks. Chunks have unique names in every build and are written first; the one
 * file with a fixed name is replaced atomically, so that a complete build exists at any time.
 */
export async function build() {
  const { rolldown } = await import('rolldown');
  const inputs = fingerprint(root, INPUTS);
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, unfinished));
  try {
    const bundle = await rolldown({
      input: { main: join(root, 'src/main.ts') },
      platform: 'node',
      cwd: root,
      // Native addons, and optional packages that libraries use only if they are installed.
      external: ['better-sqlite3', /^@node-rs\//, 'pg-native', 'bufferutil', 'utf-8-validate'],
      // One copy of each library, in the form that supports tree shaking.
      resolve: { mainFields: ['module', 'main'] },
      logLevel: 'warn',
    });
    const { output } = await bundle.write({
      dir: folder,
      format: 'esm',
      sourcemap: true,
      // Minified, it starts no faster, and stacks in the log are less useful.
      minify: false,
      comments: { legal: false },
      entryFileNames: '[name]-[hash].js',
      chunkFileNames: '[name]-[hash].js',
    });
    await bundle.close();
    const { fileName } = output.find(({ isEntry }) => isEntry);
    const minimum = minimumOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    writeFileSync(join(folder, 'keywright.js'), entry(`./${fileName}`, minimum));
    publish(folder, inputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function publish(folder, inputs) {
  const files = readdirSync(folder);
  const last = (file) => (file === 'keywright.js' ? 1 : 0);
  for (const file of files.sort((a, b) => last(a) - last(b)))
    renameSync(join(folder, file), join(dist, file));
  const builds = [files, ...readRecord().builds].slice(0, BUILDS_KEPT);
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ inputs, builds }));
  renameSync(join(folder, 'build.json'), record);
  const kept = new Set(['build.json', 'console', ...builds.flat()]);
  for (const file of readdirSync(dist)) {
    const path = join(dist, file);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    // New chunks may belong to another build in progress.
    if (!kept.has(file) && age > LEFTOVER_AGE_MS) rmSync(path, { recursive: true, force: true });
  }
}

function readRecord() {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return { inputs: null, builds: [] };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build();
  if (!process.argv.includes('--server')) await buildConsole();
}
