import { isId } from '../core/ids.ts';
import { SIGNATURE_LENGTH } from './ack-signing.ts';
import type { Stale } from './stale.ts';

/** PostgreSQL accepts 7,999 bytes. A message contains only ASCII. */
const LONGEST = 7_900;

/** Maximum number of verifiers that a node reports. */
const COUNT_MAX = 1_000_000;

/** Sent to every node. */
export type Broadcast =
  | {
      readonly type: 'change';
      readonly from: string;
      /** Identifies the transaction, for confirmations. */
      readonly id: string;
      /** Null: too many to fit into a message. */
      readonly stale: readonly Stale[] | null;
    }
  /** The organizations that the node wants usage of have changed. */
  | { readonly type: 'watches'; readonly from: string }
  /** Usage was sent, up to this number, which only earlier releases go by. */
  | { readonly type: 'usage'; readonly from: string; readonly number: number };

/** Sent to one node. */
export type Direct =
  /** A node's proof to itself that it receives messages: an unpredictable nonce. */
  | { readonly type: 'beat'; readonly word: string }
  /** A node has processed changes. */
  | { readonly type: 'confirmed'; readonly from: string; readonly changes: readonly Confirmation[] };

/**
 * The id of a change, the proof that this node has processed it, and the number of verifiers of this node that have
 * confirmed it, and that were notified. Earlier releases omit the numbers.
 */
export type Confirmation = readonly [id: string, proof: string, confirmed?: number, total?: number];

/** Encodes a message as a notification. Replaces changes that don't fit by the fact that there are some. */
export function encode(message: Broadcast | Direct): string {
  const text = JSON.stringify(message);
  if (text.length <= LONGEST || message.type !== 'change' || !message.stale) return text;
  // First drops the keys and keeps the organizations.
  const withoutKeys = message.stale.map(({ keyIds, ...stale }) => ({
    ...stale,
    keyIds: keyIds?.length === 0 ? keyIds : null,
  }));
  const shorter = JSON.stringify({ ...message, stale: withoutKeys });
  return shorter.length <= LONGEST ? shorter : JSON.stringify({ ...message, stale: null });
}

/**
 * Decodes a notification to all nodes, or returns null if this program doesn't know it. Anyone who can connect to the
 * database may have sent it: it is well-formed and of bounded size, but may be untrue.
 */
export function decodeBroadcast(text: string): Broadcast | null {
  const { type, from, id, stale, number } = fieldsOf(text);
  if (!isNodeId(from)) return null;
  if (type === 'watches') return { type, from };
  if (type === 'usage') return { type, from, number: isSequence(number) ? number : 0 };
  if (type !== 'change' || typeof id !== 'string' || !isId('evt', id)) return null;
  if (stale === null) return { type, from, id, stale };
  return Array.isArray(stale) && stale.every(isStale) ? { type, from, id, stale } : null;
}

/** The same for a notification to one node. */
export function decodeDirect(text: string): Direct | null {
  const { type, from, word, changes } = fieldsOf(text);
  if (type === 'beat' && typeof word === 'string') return { type, word };
  if (type !== 'confirmed' || !isNodeId(from) || !Array.isArray(changes)) return null;
  return { type, from, changes: changes.filter(isConfirmation) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isNodeId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,40}$/.test(value);
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= COUNT_MAX;
}

function isStale(value: unknown): value is Stale {
  const { organizationId, first, last, keyIds } = (value ?? {}) as Record<string, unknown>;
  if (typeof organizationId !== 'string' || !isId('org', organizationId)) return false;
  if (!isSequence(first) || !isSequence(last) || first > last) return false;
  return keyIds === null || (Array.isArray(keyIds) && keyIds.every((id) => typeof id === 'string'));
}

function isConfirmation(value: unknown): value is Confirmation {
  if (!Array.isArray(value)) return false;
  const [id, proof, confirmed = 0, total = 0] = value;
  if (!isCount(total) || !isCount(confirmed) || confirmed > total) return false;
  return typeof id === 'string' && typeof proof === 'string' && proof.length === SIGNATURE_LENGTH;
}

/** Splits lists so that each part fits into one message. */
export function portions(changes: readonly Confirmation[]): Confirmation[][] {
  const found: Confirmation[][] = [];
  for (let start = 0; start < changes.length; start += 100) found.push(changes.slice(start, start + 100));
  return found;
}
