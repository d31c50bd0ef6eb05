import { Worker } from 'node:worker_threads';
import { type BackgroundWriter, ROW_MISSING, type RowWrites } from './database.ts';
import { sqliteDriverPath } from './sqlite-driver.ts';
import { sqliteError } from './sqlite-errors.ts';
import { deadlineIn, type WriteTurns } from './write-turns.ts';

/** What runs in the thread. It stands here as text so that it is the same from sources and in a bundle. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const SQLite = require(workerData.driver);
const connection = new SQLite(workerData.path, { timeout: workerData.waitMs });
for (const pragma of workerData.pragmas) connection.pragma(pragma);
const prepared = new Map();
const prepare = (sql) => {
  if (!prepared.has(sql)) prepared.set(sql, connection.prepare(sql));
  return prepared.get(sql);
};
const write = connection.transaction((writes) => {
  for (const { sql, rows, mustChange } of writes) {
    const statement = prepare(sql);
    for (const row of rows)
      if (statement.run(row).changes === 0 && mustChange)
        throw Object.assign(new Error('A row is missing'), { code: workerData.rowMissing });
  }
});
parentPort.on('message', (writes) => {
  try {
    write.immediate(writes);
    parentPort.postMessage(null);
  } catch (error) {
    parentPort.postMessage({ message: error.message, code: error.code });
  }
});
`;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Writes to a SQLite file in a thread and on a connection of its own, so that whoever answers requests doesn't stand
 * still meanwhile. The thread starts with the first write. Takes turns with the other writes of this process, and waits
 * for those of others, for up to `waitMs` each.
 */
export function backgroundWriter({
  turns,
  ...settings
}: {
  readonly path: string;
  readonly waitMs: number;
  readonly turns: WriteTurns;
  readonly pragmas: readonly string[];
}): BackgroundWriter & { close(): Promise<void> } {
  let worker: Worker | null = null;
  // Answers come in the order of the questions.
  const waiting: Waiting[] = [];

  const start = (): Worker => {
    const started = new Worker(THREAD, {
      eval: true,
      workerData: { ...settings, driver: sqliteDriverPath, rowMissing: ROW_MISSING },
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    started.unref();
    started.on('message', (failure: { message: string; code: string } | null) => {
      if (worker !== started) return;
      const first = waiting.shift();
      if (waiting.length === 0) started.unref();
      if (failure) first?.reject(Object.assign(new Error(failure.message), { code: failure.code }));
      else first?.resolve();
    });
    const end = (error: Error): void => {
      // After an error it exits too; what waits by then waits for the next one, and may be written.
      if (worker !== started) return;
      worker = null;
      for (const one of waiting.splice(0)) one.reject(error);
    };
    started.on('error', end);
    started.on('exit', () => end(new Error('The thread that writes has ended')));
    return started;
  };

  const send = (writes: readonly RowWrites[]): Promise<void> => {
    worker ??= start();
    const running = worker;
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject: (error) => reject(sqliteError(error)) });
      running.ref();
      running.postMessage(writes);
    });
  };

  return {
    write: (writes) => turns.within(deadlineIn(settings.waitMs), () => send(writes)),
    async close() {
      await worker?.terminate();
    },
  };
}
