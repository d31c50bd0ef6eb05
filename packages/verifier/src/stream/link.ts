import type { LeaseClocks } from '../../../../src/cluster/lease.ts';
import { ALL_STALE, type Stale } from '../../../../src/cluster/stale.ts';
import type { Clock } from '../../../../src/core/clock.ts';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import { Acknowledgments } from './acknowledgments.ts';
import { Connection, type LinkOptions } from './connection.ts';
import { type Disconnection, describe } from './disconnection.ts';
import type { StreamEvent } from './events.ts';
import type { InvalidationListener, LinkEvents } from './link-events.ts';
import { MessageSize, sizeOf } from './message-size.ts';
import { Pace } from './pace.ts';
import { Reconnecting } from './reconnecting.ts';
import { Renewals } from './renewals.ts';
import { StreamLease } from './stream-lease.ts';

/** Longest time that an acknowledgment waits for the work that a change has caused, milliseconds. */
const HOLD_MS = 100;

/** A server delays all messages of a connection beyond 200 per second: operations, and acknowledgments, stay below. */
const OPERATIONS = { perSecond: 90, burst: 45 };
const ACKNOWLEDGE_MS = 12;

interface Stream {
  readonly id: string;
  readonly connection: Connection;
  readonly acknowledgments: Acknowledgments;
  readonly renewals: Renewals;
  /** A silent connection is probed after this time, milliseconds. */
  readonly silenceMs: number;
}

/** The link to the server: one stream at a time, reopened when it ends, with its lease. */
export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #lease: StreamLease;
  readonly #listeners: InvalidationListener[] = [];
  readonly #reconnecting: Reconnecting;
  #connection: Connection | null = null;
  #stream: Stream | null = null;
  #writer: string | null = null;
  #isFirstLease = true;
  #isPongDue = false;
  #acknowledgedAt = Number.NEGATIVE_INFINITY;
  readonly #pace = new Pace(OPERATIONS.perSecond, OPERATIONS.burst);
  /** Number of cached keys, for the server's statistics. */
  readonly #cachedKeys: () => number;

  constructor(options: LinkOptions, clocks: LeaseClocks, events: LinkEvents, cachedKeys: () => number) {
    this.#options = options;
    this.#events = events;
    this.#cachedKeys = cachedKeys;
    this.#lease = new StreamLease(clocks);
    this.#reconnecting = new Reconnecting(() => this.#open());
  }

  /** Every lookup of a key is announced to the server, so that it knows what this verifier relies on. */
  readonly spansNodes = true;

  /** How large operations may be. */
  readonly messageSize = new MessageSize();
  /** The server's time. */
  get clock(): Clock {
    return this.#lease.clock;
  }

  get leaseMs(): number {
    return this.isCurrent() ? this.#lease.leaseMs : 0;
  }

  /** Whether no change can have been missed that was answered. Checked before every use of the cache. */
  isCurrent(): boolean {
    return this.#stream !== null && this.#lease.isHeld();
  }

  /** Calls a listener for every change, in the order in which they are added here. */
  onInvalidate(listener: InvalidationListener): () => void {
    this.#listeners.push(listener);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }

  start(): void {
    this.#reconnecting.start();
  }

  stop(): void {
    this.#reconnecting.stop();
    this.#connection?.end({ message: 'The verifier is stopped', isRejected: false });
  }

  /**
   * Runs an operation on the stream's connection. `build` gets the stream's ID and returns the variables; `read` gets
   * the data of the answer. Waits for a stream that is being opened. Rejects with VerifierUnavailableError without an
   * answer; one that `read` can't read ends the stream.
   */
  async query<T>(
    query: string,
    build: (stream: string) => Record<string, unknown>,
    read: (data: unknown) => T,
  ): Promise<T> {
    const waitMs = this.#pace.next();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { id, connection } = this.#stream ?? (await this.#opened());
    const variables = build(id);
    const bytes = sizeOf({ query, variables });
    this.#pace.longer(bytes);
    const data = await this.#pace.heeding(connection.query({ query, variables }, bytes));
    try {
      return read(data);
    } catch (error) {
      const message = describe(error);
      connection.end({ message, isRejected: false });
      throw new VerifierUnavailableError(message);
    }
  }

  /** Whether there is a stream. */
  get isOpen(): boolean {
    return this.#stream !== null;
  }

  async #opened(): Promise<Stream> {
    await this.#reconnecting.attempt(this.#options.timeoutMs);
    if (this.#stream) return this.#stream;
    throw new VerifierUnavailableError('Not connected to the server');
  }

  #open(): void {
    const connection = new Connection(
      { ...this.#options, writer: this.#writer, size: this.messageSize },
      {
        onEvent: (event) => this.#apply(connection, event),
        onEnd: (reason) => this.#end(reason),
      },
    );
    this.#connection = connection;
  }

  #apply(connection: Connection, event: StreamEvent): void {
    if (event.type === 'VerifierWelcome') return this.#welcome(connection, event);
    const stream = this.#stream;
    if (!stream) return;
    stream.acknowledgments.received(event.number);
    switch (event.type) {
      case 'VerifierLease':
        if (!this.#lease.grant(event)) return;
        stream.renewals.leased(event.leaseMs);
        this.#events.onLease(this.#isFirstLease);
        this.#isFirstLease = false;
        return;
      case 'VerifierChange': {
        const { organizationId, first, last, apiKeyIds } = event;
        this.#invalidate(stream, { organizationId, first, last, keyIds: apiKeyIds });
        break;
      }
      case 'VerifierReset':
        this.#endLease();
        this.#invalidate(stream, ALL_STALE);
        break;
      case 'VerifierRecall':
        this.#events.onRecall(event.slices);
    }
    this.#acknowledgeSoon(stream);
  }

  #welcome(connection: Connection, welcome: StreamEvent & { type: 'VerifierWelcome' }): void {
    const { stream: id, writer, number, leaseMs, reportMs } = welcome;
    const isSameWriter = writer === this.#writer;
    this.#writer = writer;
    const stream: Stream = {
      id,
      connection,
      acknowledgments: new Acknowledgments(),
      renewals: new Renewals(welcome, () => this.#renew()),
      silenceMs: leaseMs,
    };
    stream.acknowledgments.received(number);
    this.#stream = stream;
    this.#isFirstLease = true;
    this.#reconnecting.succeeded();
    this.#events.onStream(isSameWriter, reportMs);
    this.#renew();
  }

  #renew(): void {
    const stream = this.#stream;
    if (!stream) return;
    // It ended because the server didn't renew it.
    if (!this.#isFirstLease && !this.#lease.isHeld()) {
      this.#isFirstLease = true;
      this.#events.onLeaseEnd();
    }
    if (this.#lease.isUnansweredFor(stream.silenceMs)) stream.connection.probe();
    this.#pong(stream, this.#lease.request());
  }

  #invalidate(stream: Stream | null, stale: Stale): void {
    for (const listener of this.#listeners) {
      const working = listener(stale);
      if (!working || !stream) continue;
      const release = stream.acknowledgments.hold();
      const done = (): void => {
        clearTimeout(timer);
        release();
        this.#acknowledgeSoon(stream);
      };
      const timer = setTimeout(done, HOLD_MS);
      working.then(done, done);
    }
  }

  /** Events of one turn, and those that follow closely, are acknowledged together. */
  #acknowledgeSoon(stream: Stream): void {
    if (this.#isPongDue) return;
    this.#isPongDue = true;
    const acknowledge = (): void => {
      this.#isPongDue = false;
      this.#acknowledgedAt = performance.now();
      if (stream === this.#stream) this.#pong(stream);
    };
    const restMs = this.#acknowledgedAt + ACKNOWLEDGE_MS - performance.now();
    if (restMs <= 0) queueMicrotask(acknowledge);
    else setTimeout(acknowledge, restMs);
  }

  #pong({ id, connection, acknowledgments }: Stream, nonce?: string): void {
    const cachedKeys = this.#cachedKeys();
    connection.pong({ stream: id, acknowledged: acknowledgments.processed, nonce, cachedKeys });
  }

  #endLease(): void {
    this.#lease.end();
    this.#isFirstLease = true;
    this.#events.onLeaseEnd();
  }

  #end(reason: Disconnection): void {
    this.#stream?.renewals.stop();
    this.#stream = null;
    this.#connection = null;
    this.#endLease();
    this.#invalidate(null, ALL_STALE);
    this.#events.onDisconnect(reason);
    this.#reconnecting.failed(reason);
  }
}
