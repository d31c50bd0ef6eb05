import type { Database } from '../../db/open.ts';
import { SyncChangeLog } from '../changes/sync-change-log.ts';
import type { Services } from '../context.ts';
import type { RateLimiter } from '../verification/services.ts';
import { VerifierHub } from './hub.ts';
import { RecordedLeases } from './recorded-leases.ts';
import { RowWriter, stateOf } from './row-writer.ts';
import { UsageBatches } from './usage-batches.ts';

/** What else the hub of a server depends on. */
export interface HubSettings extends Pick<Services, 'bus' | 'clock' | 'log' | 'config'> {
  readonly limiter: RateLimiter;
  /** Called when the journal of an embedded database has usage that must be moved to the tables. */
  readonly appended: () => void;
}

/** Creates the hub of a server. Its creator stops it. */
export function createVerifierHub(
  { kysely, unhurried, lookup }: Pick<Database, 'kysely' | 'unhurried' | 'lookup'>,
  { bus, clock, log, config, limiter, appended }: HubSettings,
): VerifierHub {
  const { leaseMs } = config.cluster;
  const isEmbedded = lookup.mode === 'sync';
  return new VerifierHub({
    ...{ bus, clock, log, limiter },
    batches: new UsageBatches({ db: unhurried, bus, appended: isEmbedded ? appended : () => {} }),
    recorded: isEmbedded ? new RecordedLeases({ db: kysely, log, leaseMs }) : null,
    createRowWriter: (registry) =>
      new RowWriter({ db: unhurried, log, states: () => Array.from(registry.streams, stateOf) }),
    changes: lookup.mode === 'sync' ? new SyncChangeLog(kysely, lookup) : null,
    leaseMs,
    perOrganization: config.live.verifiersPerOrganization,
  });
}
