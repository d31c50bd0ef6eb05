export { createVerifier } from './create-verifier.ts';
export type * from './types.ts';
export { VerifierUnavailableError } from './verifier-unavailable-error.ts';
