import type { DeniedAction } from '../changes/events.ts';
import type { Context } from '../context.ts';

/** Records rejected mutations in the audit log, without delaying the answer. */
export interface DeniedAttempts {
  /** Records at most a few per caller and organization each minute; of the others, their number. */
  record(ctx: Context, attempt: Attempt): void;
  /** Resolves when nothing is left to write. */
  stop(): Promise<void>;
}

/** A mutation that was rejected. */
export interface Attempt {
  readonly action: DeniedAction;
  /** The organization that the request named, if any. */
  readonly organizationId: string | null;
  /** The object that the request named, if any. */
  readonly targetId: string | null;
}
