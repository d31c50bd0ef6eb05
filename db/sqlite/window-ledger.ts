import { rmSync } from 'node:fs';
import { codeOf } from '../../src/core/start-error.ts';
import { SQLite, type SqliteConnection } from './driver.ts';
import { createPrivately, keepPrivate } from './file.ts';

/** A key's counting window. */
export interface LedgerWindow {
  readonly limit: number;
  /** Milliseconds. */
  readonly length: number;
  /** When it began, by the clock of the callers. */
  readonly begins: number;
  readonly count: number;
}

/**
 * Windows of keys in a small SQLite file that several processes of a machine share. Each call is one statement, which
 * never waits: one that writes throws `SQLITE_BUSY` while another process writes. Nothing is synced to disk, so the file survives
 * the end of any process, but not a crash of the machine.
 */
export interface WindowLedger {
  /**
   * Counts up to `want` in the window with this limit and length that is open at `now`, or else opens one. Null: its
   * limit has been reached.
   */
  take(
    keyId: string,
    window: { readonly limit: number; readonly length: number },
    want: number,
    now: number,
  ): { readonly granted: number; readonly count: number; readonly begins: number } | null;
  /** The key's last window, which may have ended. */
  read(keyId: string): LedgerWindow | undefined;
  /** Subtracts from the count of this window, if it is still the key's last and open at `now`. */
  release(keyId: string, window: Omit<LedgerWindow, 'count'>, amount: number, now: number): void;
  /** Removes windows that have ended, of up to `size` keys after this one. Returns where to continue. */
  sweep(after: string, size: number, now: number): string;
  /** All windows, which may have ended. */
  windows(): readonly (LedgerWindow & { readonly keyId: string })[];
  /** Makes several calls in one transaction: all of them count, or none. */
  together<T>(calls: () => T): T;
  /** Whether another process has changed something since the last call. Never throws. */
  hasChanged(): boolean;
  close(): void;
}

const TABLES = `
  create table if not exists windows (
    key_id text primary key, "limit" integer not null, length integer not null, begins real not null,
    count integer not null, granted integer not null
  ) without rowid;
  create table if not exists origin (boot text not null);
`;

/** Whether the stored window is the one asked for, and open. */
const SAME = `(windows."limit" = excluded."limit" and windows.length = excluded.length
  and excluded.begins - windows.begins < windows.length)`;

const TAKE = `
  insert into windows (key_id, "limit", length, begins, count, granted) values (?, ?, ?, ?, ?, ?)
  on conflict (key_id) do update set
    granted = case when ${SAME} then min(excluded.granted, windows."limit" - windows.count) else excluded.granted end,
    count = case when ${SAME} then min(windows."limit", windows.count + excluded.granted) else excluded.count end,
    begins = case when ${SAME} then windows.begins else excluded.begins end,
    "limit" = excluded."limit",
    length = excluded.length
  where not (${SAME} and windows.count >= windows."limit")
  returning granted, count, begins`;

/** Most calls count in a window that is open and has enough left. This costs half as much as `TAKE`. */
const TAKE_ALL = `
  update windows set count = count + ? where key_id = ? and "limit" = ? and length = ? and ? - begins < length
    and count <= ?
  returning count, begins`;

/**
 * Opens the file, and creates it if it is missing, readable by this user only. `boot` identifies the run of the machine
 * that the callers' clock belongs to: a file of another run, or one that a crash has damaged, is replaced. Null: the file
 * must exist, and is used as it is.
 */
export function openWindowLedger(path: string, boot: string | null): WindowLedger {
  if (boot === null) return open(path).ledger;
  try {
    keepPrivate(path);
    const { connection, ledger } = open(path);
    const known = connection.prepare<[], string>('select boot from origin').pluck().get();
    if (known === boot) return ledger;
    ledger.close();
  } catch (error) {
    if (isBusy(error)) throw error;
    // Damaged: replaced below.
  }
  remove(path);
  createPrivately(path);
  const { connection, ledger } = open(path);
  connection.prepare('insert into origin (boot) values (?)').run(boot);
  return ledger;
}

/** Whether another process holds the lock that a statement needs. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** How long opening the file waits for other processes, milliseconds. */
const OPEN_WAIT_MS = 1_000;

function open(path: string): { readonly connection: SqliteConnection; readonly ledger: WindowLedger } {
  const connection = new SQLite(path, { timeout: OPEN_WAIT_MS, fileMustExist: true });
  try {
    // A count changes one page, and pages are written whole.
    connection.pragma('page_size = 1024');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = OFF');
    connection.exec(TABLES);
    connection.pragma('busy_timeout = 0');
    return { connection, ledger: ledgerOn(connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function ledgerOn(connection: SqliteConnection): WindowLedger {
  type Taken = readonly [granted: number, count: number, begins: number];
  const take = connection.prepare<unknown[], Taken>(TAKE).raw();
  const takeAll = connection.prepare<unknown[], readonly [count: number, begins: number]>(TAKE_ALL).raw();
  const read = connection.prepare<[string], LedgerWindow>(
    'select "limit", length, begins, count from windows where key_id = ?',
  );
  const release = connection.prepare(
    `update windows set count = max(0, count - ?)
    where key_id = ? and "limit" = ? and length = ? and begins = ? and begins + length > ?`,
  );
  const last = connection
    .prepare<[string, number], string>(
      'select key_id from windows where key_id > ? order by key_id limit 1 offset ?',
    )
    .pluck();
  const sweep = connection.prepare(
    'delete from windows where key_id > ? and (? is null or key_id <= ?) and begins + length <= ?',
  );
  const windows = connection.prepare<[], LedgerWindow & { readonly keyId: string }>(
    'select key_id as "keyId", "limit", length, begins, count from windows',
  );
  const dataVersion = connection.prepare<[], number>('pragma data_version').pluck();
  const versionNow = (): number | undefined => {
    try {
      return dataVersion.get();
    } catch {
      return undefined;
    }
  };
  let version = versionNow();
  return {
    take(keyId, { limit, length }, want, now) {
      // Unlike `get`, `all` throws if the commit fails, as on a full disk.
      const [whole] = takeAll.all(want, keyId, limit, length, now, limit - want);
      if (whole) return { granted: want, count: whole[0], begins: whole[1] };
      const first = Math.min(want, limit);
      const [taken] = take.all(keyId, limit, length, now, first, first);
      return taken ? { granted: taken[0], count: taken[1], begins: taken[2] } : null;
    },
    read: (keyId) => read.get(keyId),
    release(keyId, { limit, length, begins }, amount, now) {
      release.run(amount, keyId, limit, length, begins, now);
    },
    sweep(after, size, now) {
      const until = last.get(after, size - 1) ?? null;
      sweep.run(after, until, until, now);
      return until ?? '';
    },
    windows: () => windows.all(),
    together: (calls) => connection.transaction(calls).immediate(),
    hasChanged() {
      const before = version;
      version = versionNow();
      return version !== before;
    },
    close: () => void connection.close(),
  };
}
