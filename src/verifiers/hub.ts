import { setTimeout as pause } from 'node:timers/promises';
import type { Confirmed } from '../cluster/bus.ts';
import { concernsKeys, type Stale } from '../cluster/stale.ts';
import { AppError, RateLimitedError, UnavailableError } from '../core/errors.ts';
import type { RateLimiter } from '../verification/services.ts';
import { Announcements } from './announcements.ts';
import { CatchUp } from './catch-up.ts';
import { FairTurns } from './fair-turns.ts';
import { Grants } from './grants.ts';
import type { FoundKey, HubServices } from './hub-services.ts';
import { type KeyRead, KeyReads, overtakenBy } from './key-reads.ts';
import type { RowWriter } from './row-writer.ts';
import { Slices } from './slices/slices.ts';
import { readPong } from './stream/pong.ts';
import { Registry } from './stream/registry.ts';
import { reportInterval } from './stream/report-interval.ts';
import type { VerifierConnection } from './stream/verifier-connection.ts';
import {
  type EventReceiver,
  type StreamNames,
  type StreamOwner,
  VerifierStream,
} from './stream/verifier-stream.ts';
import type { UsageBatches } from './usage-batches.ts';

/** Interval at which changes of other processes are read, and postponed leases granted, milliseconds. */
const TICK_MS = 500;

/** Leases are renewed this often, so that one request may be lost. */
const RENEWALS_PER_LEASE = 3;

/** Retry delay for an organization with too many verifiers, seconds. */
const RETRY_AFTER_S = 5;

const NOBODY: Confirmed = { confirmed: 0, total: 0 };

/**
 * The embedded verifiers that are connected to this server: docs/verifier.md. Changes are answered when every verifier
 * that may have cached the keys concerned has dropped them, or can no longer use its cache.
 */
export class VerifierHub {
  readonly registry = new Registry();
  readonly slices = new Slices();
  /** Operations of verifiers, so that none of them has to wait for those of another credential. */
  readonly turns = new FairTurns();
  /** Number of secrets that verifiers have looked up. */
  lookedUp = 0;
  /** Counts what slices are taken from. */
  readonly limiter: RateLimiter;
  readonly batches: UsageBatches;
  readonly announcements: Announcements;
  readonly #services: HubServices;
  readonly #grants: Grants;
  readonly #catchUp: CatchUp | null;
  readonly #reads = new KeyReads();
  readonly #rows: RowWriter;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | null = null;
  #ended: Promise<boolean> | null = null;
  #acknowledged: (milliseconds: number) => void = () => {};

  /** Create it before the first change, since it must observe every change. The creator stops it. */
  constructor(services: HubServices) {
    const { bus, clock, log, leaseMs, changes, recorded } = services;
    this.#services = services;
    this.limiter = services.limiter;
    this.batches = services.batches;
    this.announcements = new Announcements(this.registry, log, (milliseconds) =>
      this.#acknowledged(milliseconds),
    );
    this.#catchUp = changes && new CatchUp(changes, (stale) => void this.announcements.announce(stale));
    this.#grants = new Grants({
      ...{ bus, clock, leaseMs },
      catchUp: ({ organizations }) => this.#catchUp?.run(organizations.keys()) ?? true,
      leaseMaxMs: (credential, now) => this.announcements.strikes.leaseMaxMs(credential, now),
      isRecorded: (milliseconds) => recorded?.isRecorded(milliseconds, () => this.#grantWaiting()) ?? true,
    });
    this.#rows = services.createRowWriter(this.registry);
    this.#stop = bus.onInvalidate((stale) => this.#heard(stale));
  }

  /** Starts as a server, before it listens: an earlier one may have crashed while its verifiers held leases. */
  async start(): Promise<void> {
    await this.#services.recorded?.start();
  }

  /** Calls `listener` with the time that each acknowledgment took, milliseconds. */
  onAcknowledged(listener: (milliseconds: number) => void): void {
    this.#acknowledged = listener;
  }

  /**
   * Ends all leases, but within this time: no further one is granted, and verifiers drop what they have cached. Resolves
   * with whether none is left.
   */
  end(withinMs: number): Promise<boolean> {
    this.#grants.stop();
    this.#ended ??= this.#endLeases(withinMs);
    return this.#ended;
  }

  async #endLeases(withinMs: number): Promise<boolean> {
    const reset = this.announcements.resetAll();
    const late = new AbortController();
    const inTime = pause(withinMs, false, { signal: late.signal }).catch(() => false);
    const isReleased = reset ? await Promise.race([reset.then(() => true), inTime]) : true;
    late.abort();
    return isReleased;
  }

  /** Resolves with whether no verifier can hold a lease. */
  async stop(): Promise<boolean> {
    const isReleased = await this.end(0);
    this.#stop();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#rows.stop();
    await this.#services.recorded?.stop(isReleased);
    return isReleased;
  }

  /** Throws RateLimitedError, UnavailableError or BAD_REQUEST if a stream of this owner can't be opened. */
  assertAdmitted({ credential, organizationId }: StreamOwner, connection: VerifierConnection): void {
    if (this.#ended) throw new UnavailableError('The server is stopping');
    if (connection.stream)
      throw new AppError('BAD_REQUEST', 'This connection already has a stream of verifier events');
    const seconds = this.announcements.strikes.rejectedFor(credential, performance.now());
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
    this.#rows.changed();
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const { leaseMs } = this.#services;
    const renewMs = Math.floor(leaseMs / RENEWALS_PER_LEASE);
    const { id, writer } = stream;
    stream.send({ type: 'welcome', stream: id, writer, leaseMs, renewMs, reportMs: this.reportMs });
    return () => {
      if (connection.stream === stream) connection.stream = null;
      this.registry.end(stream, connection.isClients);
      this.slices.ended(stream);
      this.#rows.changed();
    };
  }

  /** How long verifiers collect usage at the moment before they report it, milliseconds. */
  get reportMs(): number {
    return reportInterval(this.registry.size);
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
   * which the key becomes known. Throws UnavailableError if the stream has ended: nobody would send its verifier the
   * changes of the key, although its lease may still run.
   */
  found(stream: VerifierStream, read: KeyRead, key: FoundKey): void {
    const { organizationId, keyId, sequence } = key;
    if (stream.isOver) throw new UnavailableError('The stream of verifier events has ended');
    this.registry.interests.add(stream, organizationId, keyId);
    this.#catchUp?.follow(organizationId, sequence);
    const last = overtakenBy(read, key);
    if (last !== null)
      stream.sendChange({ type: 'change', organizationId, first: last, last, apiKeyIds: [keyId] });
  }

  #heard(stale: Stale): Promise<Confirmed> | undefined {
    this.#reads.heard(stale);
    this.#catchUp?.heard(stale);
    if (!concernsKeys(stale)) return undefined;
    const announced = this.announcements.announce(stale);
    const earlier = this.#services.recorded?.wait(stale);
    return earlier ? earlier.then(() => announced ?? NOBODY) : announced;
  }

  #tick(): void {
    const { registry } = this;
    this.#catchUp?.run(registry.interests.organizations);
    this.#catchUp?.keepOnly((id) => registry.interests.has(id));
    this.#grantWaiting();
    if (registry.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #grantWaiting(): void {
    for (const stream of this.registry.streams) if (stream.isWaiting) this.#grants.grant(stream);
  }
}
