import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { sqliteDriverPath } from '../../db/sqlite/driver.ts';

const PROGRAM = `
const SQLite = require(process.argv[1]);
const connection = new SQLite(process.argv[2], { timeout: 10000 });
connection.exec(process.argv[3]);
process.send('held');
process.on('message', () => {
  connection.exec(process.argv[4]);
  process.disconnect();
});
`;

/** Another process that holds a lock of a SQLite file. */
export interface LockHolder {
  /** Resolves when it has let go. */
  release(): Promise<void>;
}

/**
 * Starts a process that holds the write lock of a database, `sqlite:<path>`. It is ended with the test at the latest.
 * Other statements than these can be run to take the lock, and to let go of it.
 */
export async function holdLock(
  url: string,
  { take = 'begin immediate', leave = 'commit' }: { readonly take?: string; readonly leave?: string } = {},
): Promise<LockHolder> {
  const path = url.slice('sqlite:'.length);
  const options = { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] as ('ignore' | 'inherit' | 'ipc')[] };
  const args = ['-e', PROGRAM, '--', sqliteDriverPath, path, take, leave];
  const child = spawn(process.execPath, args, options);
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await once(child, 'message');
  return {
    release: async () => {
      child.send('release');
      await ended;
    },
  };
}
