import type { SyncChangeLog } from '../changes/sync-change-log.ts';
import type { Confirmed, EventBus } from '../cluster/bus.ts';
import { concernsKeys, type Stale } from '../cluster/stale.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, RateLimitedError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { RateLimiter } from '../verification/services.ts';
import { Acknowledgments, type Expected } from './acknowledgments.ts';
import { CatchUp } from './catch-up.ts';
import { Grants } from './grants.ts';
import { type KeyRead, KeyReads, overtakenBy } from './key-reads.ts';
import { readPong } from './pong.ts';
import { Registry } from './registry.ts';
import { Slices } from './slices.ts';
import { Strikes } from './strikes.ts';
import type { UsageBatches } from './usage-batches.ts';
import type { VerifierConnection } from './verifier-connection.ts';
import { type EventReceiver, type StreamNames, type StreamOwner, VerifierStream } from './verifier-stream.ts';

/** Interval at which changes of other processes are read, and postponed leases granted, milliseconds. */
const TICK_MS = 500;

/** Leases are renewed this often, so that one request may be lost. */
const RENEWALS_PER_LEASE = 3;

/** Retry delay for an organization with too many verifiers, seconds. */
const RETRY_AFTER_S = 5;

/** What the verifiers of a server depend on. */
export interface HubServices {
  readonly bus: Pick<EventBus, 'onInvalidate' | 'isCurrent' | 'remainingMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Reads changes of other processes on an embedded database. Null: the bus reports them. */
  readonly changes: Pick<SyncChangeLog, 'changedAt' | 'position' | 'read'> | null;
  /** Longest lease, milliseconds. */
  readonly leaseMs: number;
  /** Maximum number of streams per organization. */
  readonly perOrganization: number;
  readonly limiter: RateLimiter;
  readonly batches: UsageBatches;
}

/** A key that was found for a verifier, and the sequence up to which it includes all changes. */
export interface FoundKey {
  readonly organizationId: string;
  readonly keyId: string;
  readonly sequence: number;
}

/**
 * The embedded verifiers that are connected to this server: docs/verifier.md. Changes are answered when every verifier
 * that may have cached the keys concerned has dropped them, or can no longer use its cache.
 */
export class VerifierHub {
  readonly registry = new Registry();
  readonly slices = new Slices();
  /** Counts what slices are taken from. */
  readonly limiter: RateLimiter;
  readonly batches: UsageBatches;
  readonly #services: HubServices;
  readonly #grants: Grants;
  readonly #catchUp: CatchUp | null;
  readonly #reads = new KeyReads();
  readonly #strikes = new Strikes();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | null = null;

  /** Create it before the first change, since it must observe every change. The creator stops it. */
  constructor(services: HubServices) {
    const { bus, clock, leaseMs, changes } = services;
    this.#services = services;
    this.limiter = services.limiter;
    this.batches = services.batches;
    this.#catchUp = changes && new CatchUp(changes, (stale) => void this.#announce(stale));
    this.#grants = new Grants({
      ...{ bus, clock, leaseMs },
      catchUp: ({ organizations }) => this.#catchUp?.run(organizations.keys()) ?? true,
      isRecorded: () => true,
    });
    this.#stop = bus.onInvalidate((stale) => this.#heard(stale));
  }

  stop(): void {
    this.#stop();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Throws RateLimitedError or BAD_REQUEST if a stream of this owner can't be opened on the connection. */
  assertAdmitted({ credential, organizationId }: StreamOwner, connection: VerifierConnection): void {
    if (connection.stream)
      throw new AppError('BAD_REQUEST', 'This connection already has a stream of verifier events');
    const seconds = this.#strikes.rejectedFor(credential, performance.now());
    if (seconds > 0)
      throw new RateLimitedError('Verifiers with this credential did not acknowledge changes', seconds);
    const { perOrganization } = this.#services;
    if (organizationId !== null && this.registry.ofOrganization(organizationId).size >= perOrganization)
      throw new RateLimitedError(
        `An organization can have at most ${perOrganization} verifiers on a server`,
        RETRY_AFTER_S,
      );
  }

  /** Opens a stream. Returns the function that ends it. Throws like `assertAdmitted`. */
  open(
    owner: StreamOwner,
    names: StreamNames,
    connection: VerifierConnection,
    receiver: EventReceiver,
  ): () => void {
    this.assertAdmitted(owner, connection);
    const stream = new VerifierStream(owner, names, receiver, this.#services.clock.now());
    connection.stream = stream;
    this.registry.add(stream);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const { leaseMs } = this.#services;
    const renewMs = Math.floor(leaseMs / RENEWALS_PER_LEASE);
    stream.send({ type: 'welcome', stream: stream.id, writer: stream.writer, leaseMs, renewMs });
    return () => {
      if (connection.stream === stream) connection.stream = null;
      this.registry.end(stream, connection.isClients);
      this.slices.ended(stream);
    };
  }

  /** The stream of a connection. Throws BAD_USER_INPUT if it has another, or none. */
  find(connection: VerifierConnection | null, id: string): VerifierStream {
    const stream = connection?.stream;
    if (stream?.id === id) return stream;
    throw new AppError('BAD_USER_INPUT', 'No such stream on this connection');
  }

  /** Receives the payload of a pong. Anything that is not of the documented form is ignored. */
  pong(connection: VerifierConnection, payload: unknown): void {
    const { stream } = connection;
    const pong = stream && readPong(payload);
    if (!pong || pong.stream !== stream.id || !stream.acknowledge(pong.acknowledged)) return;
    stream.heardAt = performance.now();
    stream.cachedKeys = pong.cachedKeys;
    if (pong.nonce !== null && pong.nonce !== stream.nonce) {
      stream.nonce = pong.nonce;
      stream.isWaiting = true;
    }
    this.#grants.grant(stream);
  }

  /** Everything may have changed for a verifier: its caller's permissions have. */
  reset(stream: VerifierStream): void {
    stream.isWaiting = false;
    stream.sendChange({ type: 'reset' });
  }

  /** Call before keys are read for a verifier; `endRead` ends it. */
  startRead(): KeyRead {
    return this.#reads.start();
  }

  endRead(read: KeyRead): void {
    this.#reads.end(read);
  }

  /**
   * A verifier is about to receive a key: from now on, it gets its changes. Call it in the turn of the event loop in
   * which the key becomes known.
   */
  found(stream: VerifierStream, read: KeyRead, key: FoundKey): void {
    const { organizationId, keyId, sequence } = key;
    if (stream.isOver) return;
    this.registry.interests.add(stream, organizationId, keyId);
    this.#catchUp?.follow(organizationId, sequence);
    const last = overtakenBy(read, key);
    if (last !== null)
      stream.sendChange({ type: 'change', organizationId, first: last, last, apiKeyIds: [keyId] });
  }

  #heard(stale: Stale): Promise<Confirmed> | undefined {
    this.#reads.heard(stale);
    this.#catchUp?.heard(stale);
    return concernsKeys(stale) ? this.#announce(stale) : undefined;
  }

  /** Sends a change to the verifiers concerned. Undefined if there are none. */
  #announce({ organizationId, first, last, keyIds }: Stale): Promise<Confirmed> | undefined {
    const { registry } = this;
    const expected = new Map<VerifierStream, Expected>();
    const expect = (stream: VerifierStream, number: number): void => {
      expected.set(stream, { number, deadline: stream.leaseUntil });
    };
    if (organizationId === null) {
      for (const stream of [...registry.everyone()]) {
        stream.isWaiting = false;
        expect(stream, stream.sendChange({ type: 'reset' }));
      }
    } else {
      for (const [stream, apiKeyIds] of registry.interests.concerned(organizationId, keyIds))
        expect(stream, stream.sendChange({ type: 'change', organizationId, first, last, apiKeyIds }));
    }
    const total = organizationId === null ? expected.size : this.#totalOf(organizationId, expected);
    if (total === 0) return undefined;
    return new Acknowledgments(expected, total, {
      acknowledged: () => {},
      missed: (stream, since) => this.#missed(stream, since),
    }).done;
  }

  /** The verifiers of the organization, and those of operators that have cached its keys. */
  #totalOf(organizationId: string, expected: ReadonlyMap<VerifierStream, unknown>): number {
    const own = this.registry.ofOrganization(organizationId);
    let total = own.size;
    for (const stream of expected.keys()) if (!own.has(stream)) total += 1;
    return total;
  }

  /**
   * A change waited for the deadline of a verifier. Several in the same lease count once, and none if the verifier is
   * cut off or stopped: it sends nothing else, either.
   */
  #missed(stream: VerifierStream, since: number): void {
    if (stream.isOver || stream.hasMissed || stream.heardAt < since) return;
    stream.hasMissed = true;
    const { credential } = stream.owner;
    const now = performance.now();
    if (!this.#strikes.add(credential, now, this.registry.ofCredential(credential))) return;
    const seconds = this.#strikes.rejectedFor(credential, now);
    this.#services.log.warn('A verifier did not acknowledge changes; its credential is rejected', {
      actor: credential,
    });
    stream.fail(new RateLimitedError('This verifier did not acknowledge changes', seconds));
  }

  #tick(): void {
    const { registry } = this;
    this.#catchUp?.run(registry.interests.organizations);
    this.#catchUp?.keepOnly((id) => registry.interests.has(id));
    for (const stream of registry.streams) if (stream.isWaiting) this.#grants.grant(stream);
    if (registry.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
