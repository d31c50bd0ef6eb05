import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './fingerprint.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = join(root, 'packages/verifier');
const dist = join(home, 'dist');

/** The sources of the package: its own, and those of the server that it bundles. */
const INPUTS = [
  'packages/verifier/src',
  'packages/verifier/package.json',
  'src',
  'scripts/build-verifier.mjs',
  'package-lock.json',
];

/** Modules of the server that may become part of the package. Databases, GraphQL and transports may not. */
const OWN_MODULES =
  /^(packages\/verifier\/src|src\/(access|cluster|core|keys|verification))\/|^src\/http\/(verify|auth\/bearer|client-address)/;
const BUNDLED_PACKAGES = ['ipaddr.js', 'lru-cache', 'typeid-js', 'uuid'];

/** Whether the package is missing, or made from other files than those of now. */
export function isVerifierStale() {
  const record = join(dist, 'build.json');
  return !existsSync(record) || readFileSync(record, 'utf8') !== fingerprint(root, INPUTS);
}

/** Creates `packages/verifier/dist`: one module per entry point, shared chunks, and types without references to the repository. */
export async function buildVerifier() {
  const { rolldown } = await import('rolldown');
  const inputs = fingerprint(root, INPUTS);
  const { exports, dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap((one) => (typeof one === 'string' ? [] : [one.default]));
  const names = entries.map((path) => path.slice('./dist/'.length, -'.js'.length));
  const folder = mkdtempSync(join(home, '.build-'));
  try {
    const bundle = await rolldown({
      input: Object.fromEntries(names.map((name) => [name, join(home, 'src', `${name}.ts`)])),
      platform: 'node',
      cwd: root,
      external: Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`)),
      resolve: { mainFields: ['module', 'main'] },
      logLevel: 'warn',
    });
    const { output } = await bundle.write({
      dir: folder,
      format: 'esm',
      minify: false,
      comments: { legal: true },
      entryFileNames: '[name].js',
      chunkFileNames: 'shared/[name]-[hash].js',
    });
    await bundle.close();
    checkModules(output.flatMap(({ moduleIds = [] }) => moduleIds));
    writeTypes(folder, names);
    writeFileSync(join(folder, 'build.json'), inputs);
    rmSync(dist, { recursive: true, force: true });
    renameSync(folder, dist);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkModules(ids) {
  for (const id of ids) {
    const path = relative(root, id).split(sep).join('/');
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
    const isKnown = name
      ? BUNDLED_PACKAGES.includes(name)
      : OWN_MODULES.test(path) || path.includes('rolldown');
    if (!isKnown) throw new Error(`${path} would become part of @keywright/verifier`);
  }
}

/** Declarations of the entry points and of what they import. Throws if that is outside the package. */
function writeTypes(folder, names) {
  const declarations = mkdtempSync(join(home, '.types-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '--project', home, '--outDir', declarations], { stdio: 'inherit' });
    const source = join(declarations, 'packages/verifier/src');
    const seen = new Set();
    const copy = (path) => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = readFileSync(join(source, path), 'utf8');
      const rewritten = text.replace(
        /(\bfrom |\bimport\()(['"])(\.[^'"]*)\.ts\2/g,
        (_all, before, quote, local) => {
          const next = join(dirname(path), `${local}.d.ts`);
          if (next.startsWith('..')) throw new Error(`The types of ${path} refer to ${local}.ts`);
          copy(next);
          return `${before}${quote}${local}.js${quote}`;
        },
      );
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), rewritten);
    };
    for (const name of names) copy(`${name}.d.ts`);
  } finally {
    rmSync(declarations, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Packing doesn't replace a current build, which other processes may be loading.
  if (!process.argv.includes('--if-stale') || isVerifierStale()) await buildVerifier();
}
