import { createHmac, randomBytes } from 'node:crypto';

/** Characters of base64url: 132 bits. */
export const SIGNATURE_LENGTH = 22;

/** An unpredictable nonce. */
export function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Proof that a node has processed a change. Anyone who can connect to the database can notify every channel, but can't
 * read the table that holds the node's secret.
 */
export function signAck(secret: string, changeId: string): string {
  return createHmac('sha256', secret).update(changeId).digest('base64url').slice(0, SIGNATURE_LENGTH);
}
