import type { SyncChangeLog } from '../changes/sync-change-log.ts';
import type { EventBus } from '../cluster/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { RateLimiter } from '../verification/services.ts';
import type { RecordedLeases } from './recorded-leases.ts';
import type { RowWriter } from './row-writer.ts';
import type { Registry } from './stream/registry.ts';
import type { UsageBatches } from './usage-batches.ts';

/** What the verifiers of a server depend on. */
export interface HubServices {
  readonly bus: Pick<EventBus, 'onInvalidate' | 'isCurrent' | 'remainingMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Reads changes of other processes on an embedded database. Null: the bus reports them. */
  readonly changes: Pick<SyncChangeLog, 'changedAt' | 'position' | 'read'> | null;
  /** For an embedded database: the leases of a server before this one. Null: other nodes wait for this one. */
  readonly recorded: RecordedLeases | null;
  /** Longest lease, milliseconds. */
  readonly leaseMs: number;
  /** Maximum number of streams per organization. */
  readonly perOrganization: number;
  readonly limiter: RateLimiter;
  readonly batches: UsageBatches;
  createRowWriter(registry: Registry): RowWriter;
}

/** A key that was found for a verifier, and the sequence up to which it includes all changes. */
export interface FoundKey {
  readonly organizationId: string;
  readonly keyId: string;
  readonly sequence: number;
}
