/** A key can't be verified: the server can't be reached, doesn't answer, or the verifier is stopped. */
export class VerifierUnavailableError extends Error {
  override readonly name = 'VerifierUnavailableError';
  readonly code = 'UNAVAILABLE';
}
