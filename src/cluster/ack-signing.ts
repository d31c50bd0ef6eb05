import { createHmac, randomBytes } from 'node:crypto';

/** Characters of base64url: 132 bits. */
export const SIGNATURE_LENGTH = 22;

/** A word that nobody can know before it is said. */
export function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * What shows that a node has taken note of a change. Whoever can connect to the database can say anything on every
 * channel; the node's secret stands in a table, which they can't read.
 */
export function signAck(secret: string, changeId: string): string {
  return createHmac('sha256', secret).update(changeId).digest('base64url').slice(0, SIGNATURE_LENGTH);
}
