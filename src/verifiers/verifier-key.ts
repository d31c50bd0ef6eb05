import { NEVER } from '../../db/tables/tables.ts';
import type { VerifiableKey } from '../verification/services.ts';

/** A key as it is sent to a verifier. */
export interface VerifierKey extends Omit<VerifiableKey, 'allowlist' | 'expiresAt' | 'keyExpiresAt'> {
  /** In CIDR notation. Empty: any address. */
  readonly ipAllowlist: readonly string[];
  /** When the key or this secret expires, whichever is first; milliseconds since the epoch. Null: never. */
  readonly expiresAt: number | null;
  /** When the key expires. */
  readonly keyExpiresAt: number | null;
  /** The key includes all changes of its organization up to this one. */
  readonly sequence: number;
}

/** A key as known up to a sequence. */
export function verifierKey(
  { allowlist, expiresAt, keyExpiresAt, ...key }: VerifiableKey,
  sequence: number,
): VerifierKey {
  return {
    ...key,
    ipAllowlist: allowlist.map(({ address, bits }) => `${address}/${bits}`),
    expiresAt: expiresAt === NEVER ? null : expiresAt,
    keyExpiresAt: keyExpiresAt === NEVER ? null : keyExpiresAt,
    sequence,
  };
}
