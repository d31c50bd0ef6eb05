import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
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

/** Name of temporary folders, with the ID of the server's process. */
const FOLDER = /^keywright-limits-(\d+)-/;

/** Interval at which a temporary folder is renewed, milliseconds: programs that clean up remove files that are not used. */
const RENEW_MS = 1_000;

/**
 * Where the processes of a node count: next to its SQLite file, so that counts survive restarts, or else in a temporary
 * folder that only this user can read. Removes those of servers that were killed.
 */
export function locateLimits({
  databaseUrl,
  cluster,
}: Pick<Config, 'databaseUrl' | 'cluster'>): LimitsLocation {
  if (cluster.redisUrl !== null) return { path: null, remove: () => {} };
  if (isSqlite(databaseUrl)) return { path: `${pathOf(databaseUrl)}-limits`, remove: () => {} };
  removeLeftovers(tmpdir());
  const folder = createFolder();
  const path = join(folder, 'limits');
  const timer = setInterval(() => renew(folder, path), RENEW_MS).unref();
  return {
    path,
    remove() {
      clearInterval(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), `keywright-limits-${process.pid}-`));
  } catch (error) {
    throw new StartError(
      `VERIFY_PORT: no temporary folder can be created in ${tmpdir()} (${codeOf(error)}); set TMPDIR to a writable folder, or VERIFY_PORT to off`,
      { cause: error },
    );
  }
}

/** Marks the folder and its files as used, and creates the folder again if it was removed. */
function renew(folder: string, path: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It exists, as it should.
  }
  const now = new Date();
  for (const name of [folder, path, `${path}-wal`, `${path}-shm`]) {
    try {
      utimesSync(name, now, now);
    } catch {
      // It is created again within a second.
    }
  }
}

/** Removes folders of this user whose server has ended. A server that runs where this one can't see it creates another. */
function removeLeftovers(parent: string): void {
  try {
    for (const name of readdirSync(parent)) {
      const pid = Number(FOLDER.exec(name)?.[1]);
      const folder = join(parent, name);
      if (!pid || isRunning(pid) || lstatSync(folder).uid !== process.getuid?.()) continue;
      rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    // Someone else removes them, or they can't be read.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
