import type { LeaseClocks } from '../../../src/cluster/lease.ts';
import type { Deciding, Needs } from '../../../src/verification/verify.ts';
import { verifySecret } from '../../../src/verification/verify.ts';
import { EmbeddedLookup } from './keys/embedded-lookup.ts';
import { otherSecrets } from './keys/other-secrets.ts';
import { SliceLimiter } from './limits/slice-limiter.ts';
import { SliceReports } from './limits/slice-reports.ts';
import type { CheckedOptions } from './options.ts';
import { call, Pins } from './pins/pins.ts';
import { Readiness } from './readiness.ts';
import { EmbeddedRequest } from './requirements.ts';
import { describe } from './stream/disconnection.ts';
import { Link } from './stream/link.ts';
import type {
  InvalidCode,
  OnInvalidOptions,
  Verdict,
  Verifier,
  VerifierStatus,
  VerifyRequirements,
} from './types.ts';
import { UsageReports } from './usage/usage-reports.ts';
import { UsageTotals } from './usage/usage-totals.ts';
import { EmbeddedVerdict } from './verdict.ts';
import { VerifierUnavailableError } from './verifier-unavailable-error.ts';

const NO_REQUIREMENTS: VerifyRequirements = {};

/** How often ended slices of rate limits are returned, milliseconds. */
const TIDY_MS = 1_000;

/** The verification core, hosted in a process of an application. */
export class EmbeddedVerifier implements Verifier {
  readonly #options: CheckedOptions;
  readonly #link: Link;
  readonly #lookup: EmbeddedLookup;
  readonly #limiter: SliceLimiter;
  readonly #slices: SliceReports;
  readonly #usage: UsageReports;
  readonly #pins: Pins;
  readonly #needs: Needs;
  readonly #readiness: Readiness;
  readonly #tidying: NodeJS.Timeout;
  #stopping: Promise<void> | null = null;

  constructor(options: CheckedOptions, clocks: LeaseClocks) {
    this.#options = options;
    this.#readiness = new Readiness(options.timeoutMs);
    this.#link = new Link(
      options,
      clocks,
      {
        onStream: (isSameWriter, reportMs) => this.#usage.streamBegan(isSameWriter, reportMs),
        onLease: (isFirst) => {
          this.#pins.clockChanged();
          if (!isFirst) return;
          this.#pins.connected();
          this.#readiness.connected();
        },
        onLeaseEnd: () => {
          this.#pins.disconnected();
          this.#readiness.disconnected();
        },
        onRecall: (slices) => this.#limiter.recall(slices),
        onDisconnect: (reason) => {
          this.#limiter.reset();
          this.#readiness.failed(reason);
          if (!this.#stopping) report(options, reason);
        },
      },
      () => this.#lookup.size,
    );
    const { clock } = this.#link;
    const totals = new UsageTotals(() => this.#usage.later());
    this.#lookup = new EmbeddedLookup(this.#link, options.maxKeys);
    this.#limiter = new SliceLimiter(clocks, clock, () => this.#slices.soon());
    this.#slices = new SliceReports(this.#link, this.#limiter);
    this.#usage = new UsageReports(this.#link, totals);
    // After the lookup, whose cache has to drop keys first.
    this.#pins = new Pins(this.#lookup, clock, () => this.#link.isCurrent());
    this.#link.onInvalidate((stale) => this.#pins.apply(stale));
    const imported = otherSecrets(this.#link, this.#lookup, options.timeoutMs);
    this.#needs = { keys: this.#lookup, clock, usage: totals, limiter: this.#limiter, imported };
    this.#tidying = setInterval(() => this.#limiter.giveBack(false), TIDY_MS).unref();
    this.#link.start();
  }

  ready(): Promise<void> {
    return this.#readiness.wait();
  }

  verify(secret: string, requirements: VerifyRequirements = NO_REQUIREMENTS): Promise<Verdict> {
    let request: EmbeddedRequest;
    try {
      request = new EmbeddedRequest(secret, requirements);
    } catch (error) {
      return Promise.reject(error);
    }
    try {
      const deciding = this.#decide(request);
      return deciding instanceof Promise
        ? this.#whenDecided(deciding, request)
        : Promise.resolve(EmbeddedVerdict.of(deciding, request, 'memory'));
    } catch (error) {
      return Promise.reject(unavailable(error));
    }
  }

  #decide(request: EmbeddedRequest): Deciding {
    if (this.#stopping) throw new VerifierUnavailableError('The verifier is stopped');
    // For the look-up, if there is one: it begins before this function returns.
    this.#lookup.ip = request.ip;
    try {
      return verifySecret(this.#needs, request);
    } finally {
      this.#lookup.ip = null;
    }
  }

  async #whenDecided(
    deciding: Exclude<Deciding, { code: unknown }>,
    request: EmbeddedRequest,
  ): Promise<Verdict> {
    try {
      return EmbeddedVerdict.of(await deciding, request, 'server');
    } catch (error) {
      throw unavailable(error);
    }
  }

  onInvalid(
    verdict: Verdict,
    callback: (code: InvalidCode) => void,
    options: OnInvalidOptions = {},
  ): () => void {
    if (typeof callback !== 'function') throw new TypeError('callback: must be a function');
    const { key, request } = EmbeddedVerdict.detailsOf(verdict);
    const { code } = verdict;
    if (this.#stopping) throw new VerifierUnavailableError('The verifier is stopped');
    if (key && code === 'VALID') return this.#pins.add(key, request, callback, options);
    let isReleased = false;
    setImmediate(() => {
      if (!isReleased) call(callback, code as InvalidCode);
    });
    return () => {
      isReleased = true;
    };
  }

  status(): VerifierStatus {
    const { hits, misses } = this.#lookup.counts;
    const { leaseMs } = this.#link;
    const { lostUses } = this.#usage;
    return { connected: this.#link.isCurrent(), leaseMs, keys: this.#lookup.size, hits, misses, lostUses };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#tidying);
    this.#pins.stop();
    this.#limiter.giveBack(true);
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const timedOut = new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve()));
    await Promise.race([Promise.all([this.#usage.flush(), this.#slices.flush()]), timedOut]);
    this.#link.stop();
    this.#lookup.stop();
    this.#readiness.stop();
  }
}

function report({ onDisconnect }: CheckedOptions, reason: { message: string; isRejected: boolean }): void {
  try {
    onDisconnect(reason);
  } catch {
    // An error of the application.
  }
}

function unavailable(error: unknown): VerifierUnavailableError {
  if (error instanceof VerifierUnavailableError) return error;
  return new VerifierUnavailableError(`The key can't be verified: ${describe(error)}`, { cause: error });
}
