import type { LeaseClocks } from '../../../src/cluster/lease.ts';
import { checkOptions } from './options.ts';
import type { Verifier, VerifierOptions } from './types.ts';
import { EmbeddedVerifier } from './verifier.ts';

/** The clocks of this machine. */
const CLOCKS: LeaseClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * Creates a verifier and opens its connection. Until it is connected, verifications wait for at most `timeoutMs`. Throws
 * TypeError for invalid options.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new EmbeddedVerifier(checkOptions(options), CLOCKS);
}
