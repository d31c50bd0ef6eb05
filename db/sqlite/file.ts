import { statSync } from 'node:fs';
import { DatabaseOutageError } from '../outages.ts';

/**
 * Remembers which files are open: the database and, once it exists, its WAL. The returned function throws
 * DatabaseOutageError if one of them was moved, deleted or replaced. SQLite would still save changes in the open files, but
 * they would be lost at the next start. It checks this itself (SQLITE_FCNTL_HAS_MOVED), but not in WAL mode.
 */
export function requireInPlace(path: string): () => void {
  const files = [path, `${path}-wal`].map((name) => ({ name, opened: inodeOf(name) }));
  return () => {
    for (const file of files) {
      const inode = inodeOf(file.name);
      file.opened ??= inode;
      if (inode !== file.opened) throw new DatabaseOutageError('moved', moved(file.name));
    }
  };
}

/** Undefined if there is no such file, or it can't be reached. */
function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
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
