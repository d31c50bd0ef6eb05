import type { Kysely } from 'kysely';
import type { Scans } from '../db/scans.ts';
import type { Tables } from '../db/tables.ts';
import type { Principal } from './access/principal.ts';
import type { EventBus } from './cluster/bus.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Log } from './core/log.ts';

/** What the whole server shares. */
export interface Services {
  readonly db: Kysely<Tables>;
  /** The same database, for changes that take long: they keep no request waiting for this thread. */
  readonly unhurried: Kysely<Tables>;
  /** For reads whose time grows with an organization. */
  readonly scans: Scans;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  /** Where browsers reach this server, without a trailing slash. */
  readonly publicUrl: string;
}

/** What a verb is handed: the services, the caller, and from where. */
export interface Context extends Services {
  /** Null: no one said who they are. */
  readonly principal: Principal | null;
  readonly client: ClientFacts;
  /** The caller as it is by now, null if its credential is accepted no more. Omitted: as it was. */
  readonly refreshPrincipal?: (db: Kysely<Tables>) => Promise<Principal | null>;
}

/** Where a request came from, as it goes into the audit log. */
export interface ClientFacts {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
