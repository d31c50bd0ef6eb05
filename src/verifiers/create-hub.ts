import type { Database } from '../../db/open.ts';
import { SyncChangeLog } from '../changes/sync-change-log.ts';
import type { Services } from '../context.ts';
import { VerifierHub } from './hub.ts';

/** Creates the hub of a server. Its creator stops it. */
export function createVerifierHub(
  { kysely, lookup }: Pick<Database, 'kysely' | 'lookup'>,
  { bus, clock, log, config }: Pick<Services, 'bus' | 'clock' | 'log' | 'config'>,
): VerifierHub {
  return new VerifierHub({
    ...{ bus, clock, log },
    changes: lookup.mode === 'sync' ? new SyncChangeLog(kysely, lookup) : null,
    leaseMs: config.cluster.leaseMs,
    perOrganization: config.live.verifiersPerOrganization,
  });
}
