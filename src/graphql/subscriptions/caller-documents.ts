import { RateLimitedError } from '../../core/errors.ts';

/** Retry delay for a caller whose budget is exhausted, seconds: it depends on its own subscriptions. */
const RETRY_AFTER_S = 5;

/** Maximum number of distinct subscribed documents, and their total cost. */
export interface DocumentLimits {
  readonly documents: number;
  readonly cost: number;
}

interface Subscribed {
  readonly cost: number;
  subscriptions: number;
}

/** The documents that each caller subscribes to. Any number of subscriptions to the same one count once. */
export class CallerDocuments {
  readonly #limits: DocumentLimits;
  readonly #callers = new Map<string, Map<string, Subscribed>>();

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
  }

  /** Counts a caller's subscription and returns its release function. Throws RateLimitedError if there are too many. */
  add(actor: string, document: string, cost: number): () => void {
    const documents = this.#callers.get(actor) ?? new Map<string, Subscribed>();
    const known = documents.get(document);
    if (!known) assertWithin(this.#limits, 'caller', documents.size + 1, costOf(documents) + cost);
    const subscribed = known ?? { cost, subscriptions: 0 };
    subscribed.subscriptions += 1;
    documents.set(document, subscribed);
    this.#callers.set(actor, documents);
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      subscribed.subscriptions -= 1;
      if (subscribed.subscriptions === 0) documents.delete(document);
      if (documents.size === 0) this.#callers.delete(actor);
    };
  }

  /** Number of callers with subscriptions. */
  get size(): number {
    return this.#callers.size;
  }
}

function costOf(documents: ReadonlyMap<string, Subscribed>): number {
  let sum = 0;
  for (const { cost } of documents.values()) sum += cost;
  return sum;
}

/** Throws RateLimitedError if the number of different documents, or their cost, exceeds its limit. */
export function assertWithin(
  limits: DocumentLimits,
  whose: 'caller' | 'organization',
  documents: number,
  cost: number,
): void {
  if (documents > limits.documents) {
    const message = `A ${whose} can subscribe to at most ${limits.documents} different documents at a time`;
    throw new RateLimitedError(message, RETRY_AFTER_S);
  }
  if (cost > limits.cost) {
    const message = `The documents that a ${whose} subscribes to can cost at most ${limits.cost} together`;
    throw new RateLimitedError(message, RETRY_AFTER_S);
  }
}
