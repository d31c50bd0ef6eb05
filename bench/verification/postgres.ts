import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresServer } from '../../test/support/postgres-server.ts';
import { Program, type Programs } from '../processes.ts';

const KEYS = 50_000;

/** A separate PostgreSQL server, with keys. */
export interface Postgres {
  /** Rate per second: look-ups of uncached keys, or `SELECT 1`. */
  rate(what: 'lookUps' | 'selectOne', ms: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL with default settings, except that commits don't wait for the disk: nothing here writes. */
export async function startPostgres(programs: Programs): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
  const server = await openPostgresServer(folder, { shared_buffers: '128MB' });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const using = async <T>(run: (program: Program) => Promise<T>): Promise<T> => {
    const program = new Program(programs, 'server');
    try {
      return await run(program);
    } finally {
      await program.end();
    }
  };
  try {
    const { url } = server;
    console.log(`Making ${KEYS.toLocaleString('en')} keys on PostgreSQL …`);
    const hashes = await using((program) => program.ask<string[]>('seedPostgres', { url, keys: KEYS }));
    return {
      rate: (what, ms) => using((program) => program.ask<number>(what, { url, ms, hashes })),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
