import type { VerificationContext } from '../verification-host/context.ts';
import type { VerifierHub } from './hub.ts';
import type { VerifierConnection } from './stream/verifier-connection.ts';

/** Services of verifiers, in addition to those of verification. */
export interface VerifierServices {
  readonly verifiers: VerifierHub;
}

/** Context of the operations of a verifier. */
export interface VerifiersContext extends VerificationContext, VerifierServices {
  /** The WebSocket of the operation. Null or omitted: it doesn't run on one. */
  readonly verifierConnection?: VerifierConnection | null;
}

/** Required by everything that verifiers do. */
export const VERIFY_PERMISSION = 'api.key.verify';
