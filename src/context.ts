import type { Kysely } from 'kysely';
import type { Scans } from '../db/scans.ts';
import type { Tables } from '../db/tables/tables.ts';
import type { Principal } from './access/principal.ts';
import type { ChangeLog } from './changes/change-log.ts';
import type { EventBus } from './cluster/bus.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Log } from './core/log.ts';
import type { Measurements } from './core/measurements.ts';

/** Services that the whole server shares. */
export interface Services {
  readonly db: Kysely<Tables>;
  /** The same database for long changes, which don't block this thread. */
  readonly unhurried: Kysely<Tables>;
  /** For reads whose duration grows with the organization. */
  readonly scans: Scans;
  readonly bus: EventBus;
  /** Follows changes of organizations. */
  readonly changes: ChangeLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  /** Omitted if metrics are disabled. */
  readonly measurements?: Measurements | undefined;
  /** Public URL of this server, without a trailing slash. */
  readonly publicUrl: string;
}

/** Context of an operation: the services, the caller and the client. */
export interface Context extends Services {
  /** Null: unauthenticated. */
  readonly principal: Principal | null;
  readonly client: ClientFacts;
  /** Reloads the caller; null if its credential is no longer valid. Omitted: never reloaded. */
  readonly refreshPrincipal?: (db: Kysely<Tables>) => Promise<Principal | null>;
}

/** The client of a request, as recorded in the audit log. */
export interface ClientFacts {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
