import type { Verdict as CoreVerdict } from '../../../src/verification/verify.ts';
import type { EmbeddedKey } from './keys/embedded-key.ts';
import type { EmbeddedRequest } from './requirements.ts';
import type { Verdict, VerificationCode, VerifiedApiKey } from './types.ts';

/** A verdict that can be watched. Its private fields don't appear in logs or JSON. */
export class EmbeddedVerdict {
  readonly valid: boolean;
  readonly code: VerificationCode;
  readonly message: string;
  readonly apiKey: VerifiedApiKey | null;
  readonly source: 'memory' | 'server';
  readonly remaining: number | null;
  readonly resetAt: number | null;
  readonly #key: EmbeddedKey | null;
  readonly #request: EmbeddedRequest;

  private constructor(verdict: CoreVerdict, request: EmbeddedRequest, source: 'memory' | 'server') {
    const key = verdict.record as EmbeddedKey | null;
    this.valid = verdict.code === 'VALID';
    this.code = verdict.code;
    this.message = verdict.message;
    this.apiKey = key === null ? null : key.view;
    this.source = source;
    this.remaining = verdict.remaining;
    this.resetAt = verdict.resetAt;
    this.#key = key;
    this.#request = request;
    request.secret = '';
  }

  /** The verdict of the core, as applications see it. */
  static of(verdict: CoreVerdict, request: EmbeddedRequest, source: 'memory' | 'server'): Verdict {
    const { code, record } = verdict;
    if (code === 'VALID' && !record) throw new Error('A key that is not known was accepted');
    return new EmbeddedVerdict(verdict, request, source) as Verdict;
  }

  /** The key and the requirements of a verdict. Throws TypeError for another object. */
  static detailsOf(verdict: Verdict): {
    readonly key: EmbeddedKey | null;
    readonly request: EmbeddedRequest;
  } {
    if (!(#key in verdict)) throw new TypeError('onInvalid: the verdict must be one of verify()');
    return { key: verdict.#key, request: verdict.#request };
  }
}
