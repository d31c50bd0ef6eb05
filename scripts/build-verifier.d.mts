/** Whether the package is missing, or made from other files than those of now. */
export function isVerifierStale(): boolean;
/** Creates `packages/verifier/dist`. */
export function buildVerifier(): Promise<void>;
