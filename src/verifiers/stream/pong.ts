/** What a verifier sends in a pong. */
export interface VerifierPong {
  readonly stream: string;
  /** Number of the last event that it has processed. */
  readonly acknowledged: number;
  /** Null: it requests no lease. */
  readonly nonce: string | null;
  readonly cachedKeys: number;
}

const NONCE = /^[A-Za-z0-9_-]{16,64}$/;

/** Longest id of a stream, characters. Longer ones are not looked up. */
const STREAM_MAX = 64;

const KEYS_MAX = 1_000_000_000;

/** Reads the payload of a pong. Null if it is not exactly of the documented form. */
export function readPong(payload: unknown): VerifierPong | null {
  const verifier = isObject(payload) ? payload.verifier : null;
  if (!isObject(verifier)) return null;
  const { stream, acknowledged, nonce = null, cachedKeys = 0 } = verifier;
  if (typeof stream !== 'string' || stream.length > STREAM_MAX) return null;
  if (!isCount(acknowledged) || !isCount(cachedKeys) || cachedKeys > KEYS_MAX) return null;
  if (nonce !== null && (typeof nonce !== 'string' || !NONCE.test(nonce))) return null;
  return { stream, acknowledged, nonce, cachedKeys };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
