import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSqlite, pathOf } from '../../db/open.ts';
import type { Config } from '../core/config/config.ts';
import { codeOf, StartError } from '../core/start-error.ts';

/** The file in which the processes of a node count rate limits. */
export interface LimitsLocation {
  /** Null: they count in Redis. */
  readonly path: string | null;
  /** Removes the file if nothing in it is needed after the server has stopped. */
  remove(): void;
}

/**
 * Where the processes of a node count: next to its SQLite file, so that counts survive restarts, or else in a temporary
 * folder that only this user can read.
 */
export function locateLimits({
  databaseUrl,
  cluster,
}: Pick<Config, 'databaseUrl' | 'cluster'>): LimitsLocation {
  if (cluster.redisUrl !== null) return { path: null, remove: () => {} };
  if (isSqlite(databaseUrl)) return { path: `${pathOf(databaseUrl)}-limits`, remove: () => {} };
  const folder = createFolder();
  return {
    path: join(folder, 'limits'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function createFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'keywright-'));
  } catch (error) {
    throw new StartError(
      `VERIFY_PORT: no temporary folder can be created in ${tmpdir()} (${codeOf(error)}); set TMPDIR to a writable folder, or VERIFY_PORT to off`,
      { cause: error },
    );
  }
}
