import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { violations } from './support/architecture.ts';

const ROOT = join(import.meta.dirname, '..');

function filesOf(folders: readonly string[], name = /./): Map<string, string> {
  const paths = folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1)),
    )
    .filter((path) => name.test(path) && !/(^|\/)(node_modules|dist)\//.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

/** Files that read keys and not on behalf of a caller, or only after its key was found in its scope. */
const READ_FOR_NOBODY = [
  'src/denied-attempts/attempt-place.ts',
  'src/keys/expiry/record-expiries.ts',
  // For the operator of the database, who may read everything.
  'src/keys/export/export-keys.ts',
  'src/keys/lists/attention-counts.ts',
  'src/keys/lists/key-counts.ts',
  // Ids, among which plan-key-list.ts looks for keys in scope.
  'src/keys/lists/key-narrowing.ts',
  'src/roles/delete-role.ts',
  'src/roles/role-holders.ts',
  'src/sign-in/inviter-standing.ts',
  'src/teams/delete-team.ts',
  'src/usage/limit-times.ts',
  'src/usage/report.ts',
  'src/usage/write-denials.ts',
  'src/verification-host/find-by-hash.ts',
  'src/verification-host/still-valid.ts',
];

/** Files that name the table with deleted roles in it: to write them, or to say what is counted. */
const NAME_ALL_ROLES = [
  'schema/organizations/organization.ts',
  'src/organizations/insert-organization.ts',
  'src/organizations/organization-sizes.ts',
  'src/roles/create-role.ts',
  'src/roles/delete-role.ts',
  'src/roles/list-roles.ts',
  'src/roles/update-role.ts',
];

/** Files that name the positions of the change log: the commands that advance them. Only src/changes reads them. */
const NAME_POSITIONS = [
  'src/audit/record.ts',
  'src/changes/read-changes.ts',
  'src/changes/sync-change-log.ts',
  'src/command.ts',
  'src/organizations/insert-organization.ts',
];

describe('the repository', () => {
  test('keeps the import order', () => {
    const files = filesOf(['src', 'db', 'schema', 'console', 'packages'], /\.[mc]?tsx?$/);
    expect(files.size).toBeGreaterThan(0);
    expect(violations(files)).toEqual([]);
  });

  test('reads keys for callers through their scope', () => {
    const reads = /(?:selectFrom|Join)\(\s*'(?:api_keys|api_key_usage|api_key_usage_buckets)'/;
    const files = [...filesOf(['src', 'schema'], /\.ts$/)].filter(([, text]) => reads.test(text));
    const unscoped = files.filter(
      ([, text]) => !/\b(?:isInScope|isBoundToAny|keysInScope|selectApiKeys)\b/.test(text),
    );
    expect(unscoped.map(([path]) => path).sort()).toEqual(READ_FOR_NOBODY);
  });

  test('reads roles where deleted ones are left out', () => {
    const files = [...filesOf(['src', 'schema'], /\.ts$/)].filter(
      ([path]) => path !== 'src/http/console/console.ts' && !path.startsWith('src/cli/import/'),
    );
    const named = files.filter(([, text]) => /'roles['.]|\b(?:from|join) roles\b/i.test(text));
    expect(named.map(([path]) => path).sort()).toEqual(NAME_ALL_ROLES);
    const reads = /(?:selectFrom|Join)\(\s*'roles'|'roles\./;
    expect(named.filter(([, text]) => reads.test(text)).map(([path]) => path)).toEqual([]);
  });

  test('reads the change log in src/changes only', () => {
    const files = [...filesOf(['src', 'schema'], /\.ts$/)];
    const named = files.filter(([, text]) => /\borganization_sequences\b/.test(text));
    expect(named.map(([path]) => path).sort()).toEqual(NAME_POSITIONS);
    const reads = /(?:selectFrom|Join)\(\s*'organization_sequences|(?:from|join) organization_sequences\b/i;
    const follows = /'(?:audit_log\.)?sequence',\s*'>/;
    const readers = files.filter(([, text]) => reads.test(text) || follows.test(text));
    expect(readers.map(([path]) => path).sort()).toEqual(
      NAME_POSITIONS.filter((path) => path.startsWith('src/changes/')),
    );
  });

  test('tests nothing by a second try, and nothing by how long it takes', () => {
    const files = filesOf(['test'], /\.ts$/);
    files.delete('test/architecture.test.ts');
    files.set('vitest.config.ts', readFileSync(join(ROOT, 'vitest.config.ts'), 'utf8'));
    const where = (pattern: RegExp) =>
      [...files].flatMap(([path, text]) => (pattern.test(text) ? [path] : []));
    expect(where(/\bretry: |waitForTimeout|\.now\(\) - \w+\)\.toBeLess/)).toEqual([]);
    expect(where(/\bnumRuns: /)).toEqual(['test/support/properties.ts']);
  });

  test('has small files in small folders', () => {
    const files = filesOf(['src', 'db', 'schema', 'console', 'packages'], /\.[mc]?tsx?$/);
    const written = [...files].filter(([path]) => !path.includes('/generated/'));
    const long = written.filter(([, text]) => text.trimEnd().split('\n').length > 250);
    expect(long.map(([path]) => path)).toEqual([]);
    const counts = new Map<string, number>();
    for (const [path] of written) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const crowded = [...counts].filter(([folder, count]) => folder !== 'db/migrations' && count > 25);
    expect(crowded).toEqual([]);
  });

  test('refers to nothing outside itself', () => {
    const outside = ['..', 'shared', ''].join('/');
    const files = filesOf([
      'src',
      'schema',
      'db',
      'test',
      'examples',
      'console',
      'bench',
      'docs',
      'scripts',
      'packages',
    ]);
    expect([...files].filter(([, text]) => text.includes(outside)).map(([path]) => path)).toEqual([]);
  });
});

describe('the check accepts', () => {
  test.each<[string, Record<string, string>]>([
    [
      'imports from a file’s own folder and from what stands before it',
      {
        'src/core/ids.ts': `import { randomBytes } from 'node:crypto';`,
        'db/open.ts': `import type { Kysely } from 'kysely'; import '../src/core/ids.ts';`,
        'src/keys/create.ts': `import { open } from '../../db/open.ts'; import { hash } from './hash.ts';`,
        'src/keys/hash.ts': `export const hash = 1;`,
        'src/cli/serve.ts': `import { version } from '../../package.json' with { type: 'json' };`,
      },
    ],
    [
      'drivers in db and events',
      { 'db/sqlite/driver.ts': `import 'better-sqlite3';`, 'src/cluster/b.ts': `import 'pg';` },
    ],
    ['the environment in core/config/env', { 'src/core/config/env.ts': `export const all = process.env;` }],
    [
      'an `env` that is not the process’s',
      { 'src/core/config/config.ts': `declare const env: any; env.PORT;` },
    ],
    ['a word in a comment or a text', { 'schema/a.ts': `// import 'pg'\nconst text = "import 'kysely'";` }],
    ['the console’s own files', { 'console/app.tsx': `import './generated/graphql.ts'; import 'react';` }],
  ])('%s', (_title, files) => {
    expect(violations(new Map(Object.entries(files)))).toEqual([]);
  });
});

describe('the check refuses', () => {
  const order = 'does not stand before';
  test.each<[string, Record<string, string>, string]>([
    ['an import', { 'src/core/a.ts': `import { x } from '../keys/b.ts';` }, `src/keys ${order} src/core`],
    ['an import of a type', { 'db/a.ts': `import type { X } from '../src/context.ts';` }, order],
    ['a type in an import of values', { 'db/a.ts': `import { type X } from '../src/audit/b.ts';` }, order],
    ['an import for its effects', { 'src/keys/a.ts': `import '../http/b.ts';` }, order],
    ['a re-export', { 'src/core/a.ts': `export { x } from '../../db/open.ts';` }, order],
    ['a re-export of everything', { 'src/core/a.ts': `export type * from '../../db/open.ts';` }, order],
    ['a dynamic import', { 'src/core/a.ts': `const x = await import('../../db/open.ts');` }, order],
    ['an import in a type', { 'src/core/a.ts': `let x: import('../../db/open.ts').X;` }, order],
    ['a require', { 'src/core/a.ts': `import x = require('../../db/open.ts');` }, order],
    ['a called require', { 'src/core/a.ts': `const x = require('../../db/open.ts');` }, order],
    ['access that imports changes', { 'src/access/a.ts': `import '../changes/b.ts';` }, order],
    ['sessions that import organizations', { 'src/sessions/a.ts': `import '../organizations/b.ts';` }, order],
    ['a command line that imports main', { 'src/cli/a.ts': `import '../main.ts';` }, order],
    ['an import from the tests', { 'src/keys/a.ts': `import '../../test/a.ts';` }, 'has no place'],
    ['a file outside every place', { 'src/utils/a.ts': '' }, 'has no place'],
    ['a computed import', { 'src/keys/a.ts': `const x = await import(name);` }, 'computed'],
    ['an alias', { 'src/keys/a.ts': `import '#db/open';` }, 'does not say where'],
    ['a driver elsewhere', { 'src/keys/a.ts': `import type pg from 'pg';` }, 'name a driver'],
    [
      'the SQLite driver elsewhere',
      { 'db/a.ts': `import 'better-sqlite3';` },
      'db/sqlite/driver.ts names it',
    ],
    ['Node’s own driver elsewhere', { 'src/keys/a.ts': `import 'node:sqlite';` }, 'name a driver'],
    ['Kysely in the schema', { 'schema/a.ts': `import { sql } from 'kysely';` }, 'schema names no database'],
    ['Kysely over HTTP', { 'src/http/a.ts': `import 'kysely/helpers/postgres';` }, 'names no database'],
    [
      'db in the schema',
      { 'schema/a.ts': `import type { T } from '../db/tables/tables.ts';` },
      'names no database',
    ],
    [
      'a database in the verification core',
      { 'src/verification/a.ts': `import type { T } from '../../db/tables/tables.ts';` },
      'the verification core knows no db',
    ],
    [
      'Kysely in the verification core',
      { 'src/verification/a.ts': `import type { Kysely } from 'kysely';` },
      'the verification core uses no such package',
    ],
    ['the environment elsewhere', { 'src/keys/a.ts': `const x = process.env.X;` }, 'reads the environment'],
    ['… by index', { 'src/keys/a.ts': `const x = globalThis.process['env'];` }, 'reads the environment'],
    ['… by its parts', { 'src/cli/a.ts': `const { env } = process;` }, 'reads the environment'],
    [
      '… by import',
      { 'src/core/config/config.ts': `import { env as e } from 'node:process';` },
      'reads the environment',
    ],
    [
      'a console that imports the server',
      { 'console/a.tsx': `import '../src/core/ids.ts';` },
      'nothing of the',
    ],
    [
      'a shared folder of the console that imports a feature',
      { 'console/src/live/a.ts': `import '../features/audit/b.ts';` },
      'shared folders import no feature',
    ],
    [
      'a primitive of the design system that imports a pattern',
      { 'console/src/design/primitives/a.ts': `import '../patterns/b.ts';` },
      'a later layer',
    ],
    [
      'a design system that knows the viewer',
      { 'console/src/design/patterns/a.ts': `import '../../viewer/b.ts';` },
      'the design system knows only',
    ],
    [
      'files that import each other',
      {
        'db/a.ts': `import './b.ts';`,
        'db/b.ts': `import './c.ts';`,
        'db/c.ts': `import type {} from './a.ts';`,
      },
      'db/a.ts → db/b.ts → db/c.ts → db/a.ts is a cycle',
    ],
    ['a file that imports itself', { 'db/a.ts': `import './a.ts';` }, 'is a cycle'],
  ])('%s', (_title, files, complaint) => {
    expect(violations(new Map(Object.entries(files)))).toEqual([expect.stringContaining(complaint)]);
  });

  test('a file that does not parse', () => {
    expect(() => violations(new Map([['db/a.ts', 'import {']]))).toThrow('db/a.ts');
  });
});
