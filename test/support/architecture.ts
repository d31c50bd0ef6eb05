import { posix } from 'node:path';
import { type Dependencies, readDependencies } from './imports.ts';

/** A file's path from the root of the repository, and its text. */
export type Files = ReadonlyMap<string, string>;

/** The order of docs/architecture.md: a file imports from its own place and from those in earlier lines. */
const ORDER = [
  ['src/core'],
  ['db'],
  ['src/access', 'src/changes'],
  ['src/cluster'],
  ['src/context.ts'],
  ['src/audit'],
  ['src/command.ts'],
  ['src/denied-attempts', 'src/idempotency', 'src/sessions'],
  ['src/operator-tokens', 'src/organizations', 'src/sign-in'],
  ['src/roles', 'src/teams'],
  ['src/keys', 'src/members'],
  ['src/oidc', 'src/verification'],
  ['src/verification-host'],
  ['src/usage'],
  ['src/denials'],
  ['src/realtime'],
  ['src/verifiers'],
  ['schema'],
  ['src/graphql'],
  ['src/http'],
  ['src/create-verification.ts'],
  ['src/retention.ts', 'src/services.ts'],
  ['src/verify-server'],
  ['src/app.ts'],
  ['src/cli'],
  ['src/main.ts'],
  ['packages/verifier'],
];

const CONSOLE_FEATURES = 'console/src/features/';

/** The layers of the console's design system: a file imports from its own layer and from earlier ones. */
const DESIGN = 'console/src/design/';
const DESIGN_LAYERS = ['tokens', 'primitives', 'patterns', 'specimens'];
/** What else the design system may import: types, errors and the server's time. */
const DESIGN_IMPORTS = ['console/src/api/', 'console/src/generated/'];

const DRIVERS = ['better-sqlite3', 'node:sqlite', 'pg', 'pg-native', 'pg-pool', 'postgres'];
const DATABASE_PACKAGES = [...DRIVERS, 'kysely'];

const MAY_NAME_DRIVERS = ['db', 'src/cluster'];

/** The driver of SQLite depends on the version of Node.js, and is chosen here. */
const SQLITE_DRIVER = 'better-sqlite3';
const MAY_NAME_SQLITE_DRIVER = 'db/sqlite/driver.ts';
const MAY_NOT_NAME_DATABASES = ['schema', 'src/graphql', 'src/http'];
/** Decides about keys in every host, so it knows no database and no transport. */
const CORE = 'src/verification';
const CORE_IMPORTS = [CORE, 'src/core', 'src/access', 'src/cluster', 'src/keys'];
const CORE_PACKAGES = ['lru-cache'];

const MAY_READ_ENVIRONMENT = /^src\/core\/config\/env[.\-/]/;

/** Everything in which the files break the rules of docs/architecture.md, one sentence each; empty where they keep them. */
export function violations(files: Files): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [path, text] of files) {
    const dependencies = readDependencies(path, text);
    const locals = dependencies.modules
      .filter((module) => module.startsWith('.'))
      .map((module) => posix.join(posix.dirname(path), module));
    graph.set(path, locals);
    const packages = dependencies.modules.filter((module) => !module.startsWith('.'));
    const faults = path.startsWith('console/')
      ? consoleFaults(path, locals)
      : serverFaults(path, locals, packages, dependencies);
    found.push(...faults.map((fault) => `${path} ${fault}`));
  }
  return [...found, ...cycles(graph)];
}

function consoleFaults(path: string, locals: readonly string[]): string[] {
  const isShared = /^console\/src\/[^/]+\//.test(path) && !path.startsWith(CONSOLE_FEATURES);
  return locals.flatMap((local) => {
    if (!local.startsWith('console/')) return [`imports ${local}: the console imports nothing of the server`];
    if (isShared && local.startsWith(CONSOLE_FEATURES))
      return [`imports ${local}: the console's shared folders import no feature`];
    return path.startsWith(DESIGN) ? designFaults(path, local) : [];
  });
}

function designFaults(path: string, local: string): string[] {
  if (!local.startsWith(DESIGN))
    return DESIGN_IMPORTS.some((start) => local.startsWith(start))
      ? []
      : [`imports ${local}: the design system knows only ${DESIGN_IMPORTS.join(' and ')}`];
  const layer = (file: string) => DESIGN_LAYERS.indexOf(file.slice(DESIGN.length).split('/')[0] ?? '');
  return layer(local) > layer(path) ? [`imports ${local}: a later layer of the design system`] : [];
}

function serverFaults(
  path: string,
  locals: readonly string[],
  packages: readonly string[],
  { computed, environment }: Dependencies,
): string[] {
  const own = placeOf(path);
  if (!own) return ['has no place in the import order'];
  const faults: string[] = [];
  for (const local of locals) {
    const other = placeOf(local);
    if (local === 'package.json') continue;
    if (!other) faults.push(`imports ${local}, which has no place in the import order`);
    else if (other.path !== own.path && other.step >= own.step)
      faults.push(`imports ${local}: ${other.path} does not stand before ${own.path}`);
    else if (own.path === CORE && !CORE_IMPORTS.includes(other.path))
      faults.push(`imports ${local}: the verification core knows no ${other.path}`);
    else if (MAY_NOT_NAME_DATABASES.includes(own.path) && other.path === 'db')
      faults.push(`imports ${local}: ${own.path} names no database`);
  }
  for (const name of packages) {
    if (/^[#/]|^file:/.test(name)) faults.push(`imports ${name}, which does not say where it stands`);
    else if (isOf(name, DRIVERS) && !MAY_NAME_DRIVERS.includes(own.path))
      faults.push(`imports ${name}: only ${MAY_NAME_DRIVERS.join(' and ')} name a driver`);
    else if (isOf(name, [SQLITE_DRIVER]) && path !== MAY_NAME_SQLITE_DRIVER)
      faults.push(`imports ${name}: only ${MAY_NAME_SQLITE_DRIVER} names it`);
    else if (own.path === CORE && !isOf(name, CORE_PACKAGES))
      faults.push(`imports ${name}: the verification core uses no such package`);
    else if (isOf(name, DATABASE_PACKAGES) && MAY_NOT_NAME_DATABASES.includes(own.path))
      faults.push(`imports ${name}: ${own.path} names no database`);
  }
  if (computed) faults.push('imports a module whose name is computed');
  if (environment && !MAY_READ_ENVIRONMENT.test(path))
    faults.push('reads the environment: only src/core/config/env does');
  return faults;
}

function placeOf(path: string): { path: string; step: number } | null {
  for (const [step, places] of ORDER.entries()) {
    const place = places.find((start) => path === start || path.startsWith(`${start}/`));
    if (place) return { path: place, step };
  }
  return null;
}

function isOf(module: string, packages: readonly string[]): boolean {
  return packages.some((name) => module === name || module.startsWith(`${name}/`));
}

/** Each file that leads back to itself, once, with the way it does. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    const from = way.indexOf(path);
    if (from >= 0) found.push(`${[...way.slice(from), path].join(' → ')} is a cycle`);
    if (from >= 0 || done.has(path)) return;
    way.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    way.pop();
    done.add(path);
  };
  for (const path of graph.keys()) visit(path);
  return found;
}
