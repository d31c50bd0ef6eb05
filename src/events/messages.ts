import type { Stale } from './stale.ts';

/** PostgreSQL takes 7,999 bytes; all of a message is ASCII. */
const LONGEST = 7_900;

/** Said to every node. */
export type Broadcast =
  | {
      readonly type: 'change';
      readonly from: string;
      /** Names the transaction: what a node confirms. */
      readonly id: string;
      /** Null: more than fits. */
      readonly stale: readonly Stale[] | null;
    }
  /** The organizations that the node wants usage of have changed. */
  | { readonly type: 'watches'; readonly from: string }
  /** Usage was sent, up to this number. */
  | { readonly type: 'usage'; readonly from: string; readonly number: number };

/** Said to one node. */
export type Direct =
  /** A node's proof to itself that it hears what is said: a word that nobody can know before. */
  | { readonly type: 'beat'; readonly word: string }
  /** A node has taken note of changes. */
  | { readonly type: 'confirmed'; readonly from: string; readonly changes: readonly Confirmation[] };

/** The name of a change, and the proof that it is this node that has taken note of it. */
export type Confirmation = readonly [id: string, proof: string];

/** A message as text that fits into a notification. Of changes of too much, it says only that there are some. */
export function encode(message: Broadcast | Direct): string {
  const text = JSON.stringify(message);
  if (text.length <= LONGEST || message.type !== 'change' || !message.stale) return text;
  // First without the keys: then their organizations are named still.
  const withoutKeys = message.stale.map(({ keyIds, ...stale }) => ({
    ...stale,
    keyIds: keyIds?.length === 0 ? keyIds : null,
  }));
  const shorter = JSON.stringify({ ...message, stale: withoutKeys });
  return shorter.length <= LONGEST ? shorter : JSON.stringify({ ...message, stale: null });
}

/** What a notification says; null where it says nothing that this program knows. */
export function decode<M extends Broadcast | Direct>(text: string): M | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'type' in message ? (message as M) : null;
  } catch {
    return null;
  }
}

/** Lists cut so that each fits into one message. */
export function portions(changes: readonly Confirmation[]): Confirmation[][] {
  const found: Confirmation[][] = [];
  for (let start = 0; start < changes.length; start += 100) found.push(changes.slice(start, start + 100));
  return found;
}
