import { RECALL_MS } from '../verifiers/slices/slices.ts';
import type { Parent } from './parent.ts';

/** Interval between two questions, milliseconds: denials in the meantime share the next one. */
const ASK_EVERY_MS = 5;

/** About how many keys the server is asked at a time at most. Others are denied without a question. */
const KEYS_MAX = 1_000;

/** A server that has not answered for this long hangs, and isn't asked until it has: milliseconds. */
const SILENT_MS = 2 * RECALL_MS;

interface Question {
  readonly askedAt: number;
  readonly done: Promise<boolean>;
  answer(isRecalled: boolean): void;
}

/**
 * Asks the server that started this process for the slices of rate limits that embedded verifiers hold: they are
 * connected to the server. One question per key at a time, however many verifications wait for it. Nothing is asked
 * while no verifier is connected.
 */
export class SliceRecalls {
  readonly #parent: Pick<Parent, 'send' | 'hasVerifiers'>;
  readonly #questions = new Map<string, Question>();
  #unsent: string[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(parent: Pick<Parent, 'send' | 'hasVerifiers' | 'onRecalled'>) {
    this.#parent = parent;
    parent.onRecalled((keyIds, isRecalled) => {
      for (const keyId of keyIds) {
        const question = this.#questions.get(keyId);
        this.#questions.delete(keyId);
        question?.answer(isRecalled);
      }
    });
  }

  /**
   * Recalls the slices of a key. Resolves with whether something was returned, as far as the server knows; the caller
   * waits as long as it wants to. Null: there are none, or the server can't be asked.
   */
  recall(keyId: string): Promise<boolean> | null {
    if (!this.#parent.hasVerifiers) return null;
    const known = this.#questions.get(keyId);
    const now = performance.now();
    const [oldest] = this.#questions.values();
    if (oldest && now - oldest.askedAt > SILENT_MS) return null;
    if (known) return known.done;
    if (this.#questions.size >= KEYS_MAX) return null;
    let answer: Question['answer'] = () => {};
    const done = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    this.#questions.set(keyId, { askedAt: now, done, answer });
    this.#unsent.push(keyId);
    if (this.#unsent.length === 1) this.#askSoon(this.#sentAt + ASK_EVERY_MS - now);
    return done;
  }

  #askSoon(restMs: number): void {
    const ask = (): void => {
      this.#sentAt = performance.now();
      void this.#parent.send({ type: 'recall', keyIds: this.#unsent.splice(0) });
    };
    if (restMs > 0) setTimeout(ask, restMs);
    else setImmediate(ask);
  }
}
