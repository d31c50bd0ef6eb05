import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

/** An open database. Whoever opens it closes it. */
export interface Database {
  readonly kysely: Kysely<Tables>;
  readonly engine: Engine;
  close(): Promise<void>;
}
