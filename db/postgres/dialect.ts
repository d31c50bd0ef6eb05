import {
  type DatabaseConnection,
  type Dialect,
  type Kysely,
  type MigrationLockOptions,
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely';
import pg from 'pg';
import { UnavailableError, UnknownOutcomeError } from '../../src/core/errors.ts';
import { isConnectionFailure, postgresError } from './errors.ts';

/** Where connections come from: a pool, or a part of one. */
export interface ConnectionSource {
  connect(): Promise<Pick<pg.PoolClient, 'query' | 'release'>>;
  /** Called with the error of each failed statement, as callers see it. */
  failed?(error: unknown): void;
  end(): Promise<void>;
}

/** PostgreSQL on these connections, whose outages are UnavailableErrors. */
export function postgresDialect(pool: ConnectionSource): Dialect {
  return new TransactionDialect({ pool: translated(pool) });
}

class TransactionDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new TransactionDriver(this.#config);
  }

  override createAdapter(): PostgresAdapter {
    return new MigrationAdapter();
  }
}

class MigrationAdapter extends PostgresAdapter {
  /** Never rejects: the caller must see the error that failed the migration. */
  override async releaseMigrationLock(db: Kysely<unknown>, options: MigrationLockOptions): Promise<void> {
    try {
      await super.releaseMigrationLock(db, options);
    } catch {
      // The connection is lost, and the lock with it.
    }
  }
}

class TransactionDriver extends PostgresDriver {
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.commitTransaction(connection);
    } catch (error) {
      throw isUnknownOutcome(error) ? unknownOutcome(error) : error;
    }
  }

  /** Never rejects: the caller must see the error that failed the transaction. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch {
      // The connection is not reused, and the server rolls back its transaction.
    }
  }
}

function isUnknownOutcome(error: unknown): error is UnavailableError {
  if (!(error instanceof UnavailableError)) return false;
  const { cause } = error;
  return (
    isConnectionFailure(cause) || (cause instanceof pg.DatabaseError && /^(08|57P)/.test(cause.code ?? ''))
  );
}

function unknownOutcome({ cause }: UnavailableError): UnavailableError {
  const message =
    'The connection to the database was lost while the change was saved: check whether it took effect';
  return new UnknownOutcomeError(message, 1, { cause });
}

function translated(pool: ConnectionSource): PostgresPool {
  return {
    connect: async () => {
      try {
        return translatedClient(await pool.connect(), (error) => pool.failed?.(error));
      } catch (error) {
        throw postgresError(error);
      }
    },
    end: () => pool.end(),
  };
}

function translatedClient(
  client: Pick<pg.PoolClient, 'query' | 'release'>,
  failed: (error: unknown) => void,
): PostgresPoolClient {
  let isBroken = false;
  const query = async (text: string, parameters?: readonly unknown[]) => {
    try {
      return await client.query(text, parameters as unknown[]);
    } catch (error) {
      // The next user of the connection would find the open transaction.
      isBroken ||= isConnectionFailure(error) || text === 'rollback';
      const shown = postgresError(error);
      failed(shown);
      throw shown;
    }
  };
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release(isBroken) };
}
