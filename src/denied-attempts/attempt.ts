import type { DeniedAction } from '../changes/events.ts';
import type { Context } from '../context.ts';

/** Records rejected mutations in the audit log without delaying the response. */
export interface DeniedAttempts {
  /** Records at most a few per caller and organization per minute, and the number of the omitted ones. */
  record(ctx: Context, attempt: Attempt): void;
  /** Resolves when all attempts have been written. */
  stop(): Promise<void>;
}

/** A mutation that was rejected. */
export interface Attempt {
  readonly action: DeniedAction;
  /** Organization in the request, if any. */
  readonly organizationId: string | null;
  /** Object in the request, if any. */
  readonly targetId: string | null;
}
