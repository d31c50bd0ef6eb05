/** A key can't be verified, because the server can't be reached or doesn't respond, or the verifier is stopped. */
export class VerifierUnavailableError extends Error {
  override readonly name = 'VerifierUnavailableError';
  readonly code = 'UNAVAILABLE';
}
