import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { FairQueue } from '../fair-queue.ts';
import type { Tables } from '../tables/tables.ts';
import { noStream } from './dialect.ts';
import { ScanWorker, type ScanWorkerOptions } from './scan-worker.ts';

/** Child processes for reads: the second one starts while the first is busy with another organization. */
const WORKERS = 2;

const QUEUE = {
  lanes: WORKERS,
  lanesPerGroup: 1,
  waitingPerGroup: 1_000,
  waiting: 10_000,
  waitMs: 10_000,
} as const;

/** Reads of a SQLite file in child processes. */
export interface SqliteScans {
  connect(group: string): Kysely<Tables>;
  /** The ids of the running processes. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

export function sqliteScans(options: ScanWorkerOptions): SqliteScans {
  const queue = new FairQueue(QUEUE);
  const workers = Array.from({ length: WORKERS }, () => new ScanWorker(options));
  const read: Read = async (group, { sql, parameters }) => {
    const { lane, release } = await queue.enter(group);
    try {
      return (await workers[lane]?.read(sql, parameters)) ?? [];
    } finally {
      release();
    }
  };
  return {
    connect: (group) => new Kysely<Tables>({ dialect: scanDialect(read, group) }),
    get pids() {
      return workers.flatMap(({ pid }) => pid ?? []);
    },
    close: async () => {
      queue.close();
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

type Read = (group: string, query: CompiledQuery) => Promise<unknown[]>;

function scanDialect(read: Read, group: string): Dialect {
  return {
    createDriver: () => new ScanDriver(read, group),
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class ScanDriver extends DummyDriver {
  readonly #connection: DatabaseConnection;

  constructor(read: Read, group: string) {
    super();
    this.#connection = {
      executeQuery: async <Row>(query: CompiledQuery) => ({ rows: (await read(group, query)) as Row[] }),
      streamQuery: noStream,
    };
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  override async beginTransaction(): Promise<void> {
    throw new Error('Scans do not support transactions');
  }
}
