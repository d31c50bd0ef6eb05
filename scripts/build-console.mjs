import { createHash } from 'node:crypto';
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
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { fingerprint } from './fingerprint.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Where the server looks for the console. */
export const CONSOLE_FOLDER = join(dist, 'console');

const assets = join(CONSOLE_FOLDER, 'assets');
const record = join(CONSOLE_FOLDER, 'build.json');
const unfinished = '.console-';

/** The sources of the console. */
const INPUTS = [
  'console',
  'scripts/build-console.mjs',
  'scripts/fingerprint.mjs',
  'package.json',
  'package-lock.json',
];

/** An open page loads files of its own build later, so the files of this many older builds are kept. */
const BUILDS_KEPT = 10;

/** After this time, files that no build lists are considered left over from a killed build. */
const LEFTOVER_AGE_MS = 3_600_000;

const COMPRESSED = /\.(?:js|css|html|svg|json)$/;

/** Whether the console is missing, or made from other files than those of now. */
export function isConsoleStale() {
  return !existsSync(join(CONSOLE_FOLDER, 'index.html')) || readRecord().inputs !== fingerprint(root, INPUTS);
}

/**
 * Creates `dist/console`: files with their content's hash in their names, each with compressed forms, and finally
 * `index.html`, so that the console is complete at any time.
 */
export async function buildConsole() {
  // The development build of React is larger.
  process.env.NODE_ENV = 'production';
  const { build, runnerImport } = await import('vite');
  const inputs = fingerprint(root, INPUTS);
  mkdirSync(assets, { recursive: true });
  const folder = mkdtempSync(join(dist, unfinished));
  try {
    await build({
      root: join(root, 'console'),
      configFile: join(root, 'console/vite.config.ts'),
      build: { outDir: folder, emptyOutDir: false },
      logLevel: 'warn',
    });
    const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
    rmSync(join(folder, '.vite'), { recursive: true });
    await compressAll(folder);
    const { module } = await runnerImport(join(root, 'console/src/api/sent-documents.ts'), {
      configFile: false,
    });
    writeFileSync(join(folder, 'trusted-documents.json'), manifestOf(module.sentDocuments()));
    publish(folder, inputs, manifest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The documents by their SHA-256. The server trusts them, whatever `TRUSTED_DOCUMENTS` says. */
function manifestOf(documents) {
  const idOf = (text) => createHash('sha256').update(text).digest('hex');
  return JSON.stringify(Object.fromEntries(documents.map((text) => [idOf(text), text])));
}

function publish(folder, inputs, manifest) {
  const made = readdirSync(join(folder, 'assets'));
  for (const file of made) renameSync(join(folder, 'assets', file), join(assets, file));
  const entry = (file) => (file.startsWith('index.html') ? 1 : 0);
  const files = readdirSync(folder).filter((file) => file !== 'assets');
  for (const file of files.sort((a, b) => entry(a) - entry(b)))
    renameSync(join(folder, file), join(CONSOLE_FOLDER, file));
  const builds = [made, ...readRecord().builds].slice(0, BUILDS_KEPT);
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ inputs, builds, manifest }));
  renameSync(join(folder, 'build.json'), record);
  const kept = new Set(builds.flat());
  for (const file of readdirSync(assets)) {
    const path = join(assets, file);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    // New files may belong to another build in progress.
    if (!kept.has(file) && age > LEFTOVER_AGE_MS) rmSync(path, { force: true });
  }
}

/** Writes `.br` and `.gz` next to each text file if they are smaller. */
async function compressAll(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => COMPRESSED.test(file));
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const file of files) {
    const path = join(folder, file);
    if (!statSync(path).isFile()) continue;
    const text = readFileSync(path);
    const forms = [
      ['.br', await promisify(brotliCompress)(text, brotli)],
      ['.gz', await promisify(gzip)(text, { level: 9 })],
    ];
    for (const [ending, bytes] of forms) if (bytes.length < text.length) writeFileSync(path + ending, bytes);
  }
}

function readRecord() {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return { inputs: null, builds: [] };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();
