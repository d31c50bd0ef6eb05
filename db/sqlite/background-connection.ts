import { Worker } from 'node:worker_threads';
import type { CompiledQuery, QueryResult } from 'kysely';
import { UnavailableError } from '../../src/core/errors.ts';
import { sqliteDriverPath } from './driver.ts';
import { sqliteError } from './errors.ts';

/** Source of the worker thread, as text so that it works the same from sources and in a bundle. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const SQLite = require(workerData.driver);
const connection = new SQLite(workerData.path, { timeout: workerData.waitMs, fileMustExist: true });
for (const pragma of workerData.pragmas) connection.pragma(pragma);
const prepared = new Map();
const prepare = (sql) => {
  const known = prepared.get(sql);
  if (known) return known;
  const statement = connection.prepare(sql);
  if (statement.reader) statement.raw();
  if (prepared.size >= 100) prepared.delete(prepared.keys().next().value);
  prepared.set(sql, statement);
  return statement;
};
// The rollback of an earlier transaction may have failed. The next statement must not run in it.
const rollBack = () => connection.inTransaction && connection.exec('rollback');
const answer = {
  run: ({ sql, parameters, within }) => {
    if (!within) rollBack();
    else if (!connection.inTransaction)
      throw Object.assign(new Error('The change was rolled back'), { code: workerData.rolledBack });
    const statement = prepare(sql);
    if (!statement.reader) return statement.run(parameters);
    return { columns: statement.columns().map(({ name }) => name), rows: statement.all(parameters) };
  },
  end: rollBack,
};
parentPort.on('message', (question) => {
  try {
    parentPort.postMessage({ result: answer[question.kind](question) });
  } catch (error) {
    parentPort.postMessage({ failure: { message: error.message, code: error.code } });
  }
});
`;

/** Error code of a statement whose transaction SQLite has already rolled back. */
const ROLLED_BACK = 'ROLLED_BACK';

type Question =
  | { readonly kind: 'end' }
  | {
      readonly kind: 'run';
      readonly sql: string;
      readonly parameters: readonly unknown[];
      /** Whether it belongs to an open transaction. */
      readonly within: boolean;
    };

interface Answer {
  readonly result?: {
    readonly changes?: number;
    readonly lastInsertRowid?: number | bigint;
    readonly columns?: readonly string[];
    readonly rows?: readonly (readonly unknown[])[];
  };
  readonly failure?: { readonly message: string; readonly code: string };
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A connection in its own thread, used by one caller at a time. */
export interface BackgroundConnection {
  /** Runs a statement. With `within`, fails if the transaction is no longer open. */
  run<Row>(query: CompiledQuery, within: boolean): Promise<QueryResult<Row>>;
  /** Rolls back the open transaction, if any. */
  rollBack(): Promise<void>;
}

/**
 * Opens a connection to a SQLite file in its own thread, so that writes don't block the thread that serves requests.
 * The thread starts with the first statement. Callers take turns with the other writes of this process; the thread
 * waits for other processes, up to `waitMs` per statement.
 */
export function openBackgroundConnection(settings: {
  readonly path: string;
  readonly waitMs: number;
  readonly pragmas: readonly string[];
}): BackgroundConnection & { close(): Promise<void> } {
  let worker: Worker | null = null;
  // Responses arrive in the order of the requests.
  const waiting: Waiting[] = [];

  const start = (): Worker => {
    const started = new Worker(THREAD, {
      eval: true,
      workerData: { ...settings, driver: sqliteDriverPath, rolledBack: ROLLED_BACK },
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    started.unref();
    started.on('message', (answer: Answer) => {
      if (worker !== started) return;
      const first = waiting.shift();
      if (waiting.length === 0) started.unref();
      first?.resolve(answer);
    });
    const end = (error: Error): void => {
      // The worker also exits after an error. Pending work waits for its replacement, and may have been written.
      if (worker !== started) return;
      worker = null;
      for (const one of waiting.splice(0)) one.reject(error);
    };
    started.on('error', end);
    started.on('exit', () => end(new Error('The writer thread has exited')));
    return started;
  };

  const ask = async (question: Question): Promise<NonNullable<Answer['result']>> => {
    worker ??= start();
    const running = worker;
    const { result = {}, failure } = await new Promise<Answer>((resolve, reject) => {
      waiting.push({ resolve, reject });
      running.ref();
      running.postMessage(question);
    });
    if (!failure) return result;
    if (failure.code === ROLLED_BACK) throw new UnavailableError(failure.message);
    throw sqliteError(Object.assign(new Error(failure.message), { code: failure.code }));
  };

  return {
    async run<Row>({ sql, parameters }: CompiledQuery, within: boolean): Promise<QueryResult<Row>> {
      const result = await ask({ kind: 'run', sql, parameters, within });
      const { columns = [], rows, changes, lastInsertRowid } = result;
      if (rows) return { rows: rows.map((values) => toRow(columns, values) as Row) };
      return { numAffectedRows: BigInt(changes ?? 0), insertId: BigInt(lastInsertRowid ?? 0), rows: [] };
    },
    rollBack: async () => void (await ask({ kind: 'end' })),
    async close() {
      await worker?.terminate();
    },
  };
}

function toRow(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((name, index) => [name, values[index]]));
}
