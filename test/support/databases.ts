import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { type Engine, openDatabase } from '../../db/open.ts';
import { copyDatabase, ensureTemplate, withClient, withDatabase } from './postgres-databases.ts';

export const engines = ['sqlite', 'postgres'] as const satisfies readonly Engine[];

const NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;

/** A database for one test or one file of tests. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, whoever is connected to it. */
  drop(): Promise<void>;
}

/** Declares the same tests for SQLite and for PostgreSQL. */
export function onEachDatabase(title: string, body: (engine: Engine) => void): void {
  for (const engine of engines) describe(`${title} (${NAMES[engine]})`, () => body(engine));
}

/** Makes a database that nobody else uses, with the tables of today, or `empty` for tests of the migrations. */
export function createTestDatabaseUrl(
  engine: Engine,
  options: { empty?: boolean } = {},
): Promise<TestDatabase> {
  const empty = options.empty ?? false;
  return engine === 'sqlite' ? createSqlite(empty) : createPostgres(empty);
}

async function createSqlite(empty: boolean): Promise<TestDatabase> {
  const directory = mkdtempSync(join(inject('testRun').directory, 'sqlite-'));
  const path = join(directory, 'keywright.db');
  if (!empty) copyFileSync(await sqliteTemplate(), path, constants.COPYFILE_EXCL);
  return {
    url: `sqlite:${path}`,
    drop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function sqliteTemplate(): Promise<string> {
  const template = join(inject('testRun').directory, 'template.db');
  if (existsSync(template)) return template;
  // Where two workers come first, both make it, and either is as good.
  const own = join(mkdtempSync(join(inject('testRun').directory, 'template-')), 'keywright.db');
  await fill(`sqlite:${own}`);
  renameSync(own, template);
  return template;
}

async function createPostgres(empty: boolean): Promise<TestDatabase> {
  const { postgresUrl, databasePrefix } = inject('testRun');
  const name = `${databasePrefix}_${randomBytes(6).toString('hex')}`;
  const template = empty ? 'template0' : await postgresTemplate();
  await withClient(postgresUrl, (client) => copyDatabase(client, template, name));
  return {
    url: withDatabase(postgresUrl, name),
    drop: () =>
      withClient(postgresUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

let madeTemplate: Promise<string> | undefined;

function postgresTemplate(): Promise<string> {
  const { postgresUrl, databasePrefix } = inject('testRun');
  const template = `${databasePrefix}_template`;
  madeTemplate ??= ensureTemplate(postgresUrl, template, fill).then(() => template);
  return madeTemplate;
}

async function fill(url: string): Promise<void> {
  const database = await openDatabase(url);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}
