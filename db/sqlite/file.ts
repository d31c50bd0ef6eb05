import { chmodSync, closeSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseOutageError } from '../outages.ts';

/** The database, its WAL, and the index of the WAL, which also contains the locks. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

/** More links than this are a circle. */
const LINKS_MAX = 40;

/** Which files a database consists of: path and identity. Undefined: there was no such file. */
export type DatabaseFiles = readonly (readonly [path: string, identity: string | undefined])[];

/** The files of the database at this path as they are now. */
export function filesOf(path: string): DatabaseFiles {
  return SUFFIXES.map((suffix) => [path + suffix, identityOf(path + suffix)]);
}

/**
 * Throws DatabaseOutageError unless these files are the ones in place. Without the WAL, changes would be missing, and
 * with another index, the locks of other processes.
 */
export function requireFiles(files: DatabaseFiles): void {
  for (const [path, identity] of files)
    if (identity !== undefined && identityOf(path) !== identity)
      throw new DatabaseOutageError('moved', moved(path));
}

/**
 * Remembers which files are open: the database and, once it exists, its WAL. The returned function throws
 * DatabaseOutageError if one of them was moved, deleted or replaced. SQLite would still save changes in the open files, but
 * they would be lost at the next start. It checks this itself (SQLITE_FCNTL_HAS_MOVED), but not in WAL mode.
 */
export function requireInPlace(path: string): () => void {
  const files = [path, `${path}-wal`].map((name) => ({ name, opened: identityOf(name) }));
  return () => {
    for (const file of files) {
      const identity = identityOf(file.name);
      file.opened ??= identity;
      if (identity !== file.opened) throw new DatabaseOutageError('moved', moved(file.name));
    }
  };
}

/** Creates a file that only this user can read, if there is none. SQLite would apply the umask. */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It exists and keeps its mode. SQLite reports any other problem.
  }
}

/**
 * The same for a file of this program next to a database, also if an earlier release created it, and those files that
 * SQLite adds to it. Whoever can read them can lock them.
 */
export function keepPrivate(path: string): void {
  createPrivately(path);
  for (const suffix of ['', '-journal', '-wal', '-shm']) {
    try {
      chmodSync(path + suffix, 0o600);
    } catch {
      // There is none, or it belongs to another user.
    }
  }
}

/**
 * The path without symbolic links, as SQLite names the files next to a database. The file, and the target of a link, may
 * be missing; its folder may not.
 */
export function resolveLinks(path: string): string {
  let target = path;
  for (let links = 0; links < LINKS_MAX; links += 1) {
    try {
      return realpathSync(target);
    } catch {
      const link = linkAt(target);
      if (link === null) break;
      target = resolve(realFolder(target), link);
    }
  }
  return join(realFolder(target), basename(target));
}

/** The folder of a path: `..` in a link is relative to where the link really is. */
function realFolder(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch {
    return dirname(path);
  }
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** The device and number of a file. Undefined if there is no such file, or it can't be reached. */
export function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  } catch {
    return undefined;
  }
}

/** With the code that SQLite has for this. */
function moved(name: string): Error {
  return Object.assign(new Error(`${name} was moved, deleted or replaced`), {
    code: 'SQLITE_READONLY_DBMOVED',
  });
}
