import type { Database, Lookup } from '../../db/open.ts';
import { openDatabase } from '../../db/open.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import type { LookAge } from '../../src/changes/sync-change-log.ts';
import { inProcessBus } from '../../src/cluster/bus.ts';
import type { KeyLookup, VerifiableKey } from '../../src/verification/services.ts';
import { createKeyLookup } from '../../src/verification-host/key-lookup.ts';

/** What goes on between the look-up of keys and the database. */
export interface LookupProbe {
  /** Reads sent so far, looks for other processes' changes apart. */
  reads: number;
  /** Looks for other processes' changes so far. */
  looks: number;
  /** Where not null, every read and look fails with it. */
  failure: Error | null;
  /** Delays an answer that has come, so that what happens meanwhile overtakes it; only on PostgreSQL. */
  delay: (() => Promise<void>) | null;
}

/** A database whose look-ups can be counted, delayed and made to fail. */
export function probed(database: Database): { database: Database; probe: LookupProbe } {
  const probe: LookupProbe = { reads: 0, looks: 0, failure: null, delay: null };
  return { database: { ...database, lookup: probedLookup(database.lookup, probe) }, probe };
}

function probedLookup(lookup: Lookup, probe: LookupProbe): Lookup {
  const check = () => {
    if (probe.failure) throw probe.failure;
  };
  const count = () => {
    check();
    probe.reads += 1;
  };
  if (lookup.mode === 'async')
    return {
      mode: 'async',
      prepare: (name, query) => {
        const read = lookup.prepare(name, query);
        return async (...values) => {
          count();
          const rows = await read(...values);
          await probe.delay?.();
          return rows;
        };
      },
    };
  return {
    mode: 'sync',
    version() {
      check();
      probe.looks += 1;
      return lookup.version();
    },
    prepare(query) {
      const { first, all } = lookup.prepare(query);
      return {
        first(...values) {
          count();
          return first(...values);
        },
        all(...values) {
          count();
          return all(...values);
        },
      };
    },
  };
}

/** Another process on the database of a context: with its own connections, and nothing to hear each other by. */
export async function otherProcess(
  ctx: GraphQLContext,
  options: { readonly cacheKeys?: number; readonly lookAge?: LookAge } = {},
): Promise<{ ctx: GraphQLContext; probe: LookupProbe; close(): Promise<void> }> {
  const { database, probe } = probed(await openDatabase(ctx.config.databaseUrl));
  const bus = inProcessBus();
  const config = { ...ctx.config, verifyCacheKeys: options.cacheKeys ?? ctx.config.verifyCacheKeys };
  const keys = createKeyLookup(database, { bus, config }, options.lookAge);
  return {
    ctx: {
      ...ctx,
      db: database.kysely,
      unhurried: database.unhurried,
      scans: database.scans,
      bus,
      keys,
      config,
    },
    probe,
    close: async () => {
      keys.stop();
      await database.close();
    },
  };
}

/** The key, and whether it was there at once. */
export async function lookUp(
  keys: KeyLookup,
  hash: string,
): Promise<{ key: VerifiableKey | null; atOnce: boolean }> {
  const found = keys.withKey(hash, (key) => ({ key }));
  return { key: (await found).key, atOnce: !(found instanceof Promise) };
}
