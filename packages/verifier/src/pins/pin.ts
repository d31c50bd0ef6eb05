import type { Requirements } from '../../../../src/verification/first-refusal.ts';
import type { InvalidCode } from '../types.ts';

/** A verdict that is watched. */
export interface Pin extends Requirements {
  readonly ip: string | null;
  readonly organizationId: string | null;
  readonly callback: (code: InvalidCode) => void;
  /** Null: it waits for the connection. */
  readonly disconnectedMs: number | null;
}

/** The pins of one secret, which share look-ups. */
export interface PinnedKey {
  readonly hash: string;
  readonly keyId: string;
  readonly organizationId: string;
  readonly pins: Set<Pin>;
  /** As last seen, by the server's clock. */
  expiresAt: number;
  /** Whether its state is unknown, because a change or a disconnection came after it was seen. */
  isStale: boolean;
  /** The evaluation under way. */
  evaluating: Promise<void> | null;
}
