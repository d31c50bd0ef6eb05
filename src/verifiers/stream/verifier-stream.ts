import { randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { KeyUses } from '../slices/key-uses.ts';
import type { VerifierEvent, VerifierMessage } from './verifier-events.ts';

/**
 * Without an acknowledgment for this long, milliseconds, a verifier gets no lease; or for this many round trips, if they
 * take longer.
 */
const ACKNOWLEDGE_WITHIN = { milliseconds: 500, roundTrips: 2 };

/** Maximum number of events that a verifier has not acknowledged. */
const UNACKNOWLEDGED_MAX = 10_000;

/** The holder of a stream. */
export interface StreamOwner {
  /** Id of the API key, session or operator token. */
  readonly credential: string;
  /** Null: an operator token, which verifies the keys of every organization. */
  readonly organizationId: string | null;
}

/** Where the events of a stream are sent. */
export interface EventReceiver {
  receive(event: VerifierEvent): void;
  failed(error: AppError): void;
}

/** A change whose response waits for verifiers. */
export interface Wait {
  /** A verifier has acknowledged events up to this number. */
  acknowledged(stream: VerifierStream, number: number): void;
  /** A verifier has stopped using its cache by itself. */
  released(stream: VerifierStream): void;
  /** The lease of a verifier whose stream has ended is over: it has not confirmed the change. */
  expired(stream: VerifierStream): void;
}

/** What identifies a stream to people and to usage. */
export interface StreamNames {
  /** As the verifier introduced itself. */
  readonly name: string | null;
  readonly writer: string;
}

/** The events of one verifier, and what it has acknowledged. Times are of `performance.now()`. */
export class VerifierStream {
  readonly id = randomBytes(18).toString('base64url');
  /** Identifies it to people. */
  readonly rowId = randomUUID();
  readonly owner: StreamOwner;
  readonly name: string | null;
  readonly writer: string;
  readonly connectedAt: number;
  /** Keys that it has looked up, and the organizations of which it gets some or all changes. */
  readonly keys = new Set<string>();
  readonly organizations = new Map<string, 'some' | 'all'>();
  /** Slices of rate limits that it holds, by id. */
  readonly slices = new Set<string>();
  /** How often it has used keys with a limit. */
  readonly keyUses = new KeyUses();
  /** Number of its writer's last recorded batch of usage. Null: not read yet. */
  recorded: number | null = null;
  /** Number of its batches that are being written. */
  batches = 0;
  /** Changes whose responses wait for it. */
  readonly waits = new Set<Wait>();
  /** When every lease that it was granted has ended, with a margin for its clock. */
  leaseUntil = Number.NEGATIVE_INFINITY;
  /** When the last lease was granted. */
  grantedAt = Number.NEGATIVE_INFINITY;
  /** The last nonce, and whether it has not been answered. */
  nonce: string | null = null;
  isWaiting = false;
  /** When it last sent anything. */
  heardAt = Number.NEGATIVE_INFINITY;
  /** Whether it has missed a deadline since its last lease. */
  hasMissed = false;
  cachedKeys = 0;
  lookUps = 0;
  /** Ended, so that nothing is sent. Its lease may still run. */
  isOver = false;
  /** The last event sent, and the last one acknowledged. */
  number = 0;
  acknowledged = 0;
  #receiver: EventReceiver | null;
  /** Events that have to be acknowledged: numbers and times, alternating. */
  #unacknowledged: number[] = [];
  /** From the last change to its acknowledgment, milliseconds. */
  #roundTripMs = 0;

  constructor(
    owner: StreamOwner,
    { name, writer }: StreamNames,
    receiver: EventReceiver,
    connectedAt: number,
  ) {
    this.owner = owner;
    this.name = name;
    this.writer = writer;
    this.connectedAt = connectedAt;
    this.#receiver = receiver;
  }

  /** Queues an event and returns its number. */
  send(message: VerifierMessage): number {
    this.number += 1;
    this.#receiver?.receive({ ...message, number: this.number });
    return this.number;
  }

  /** The same for one that must be acknowledged. Ends a stream that acknowledges nothing. */
  sendChange(message: VerifierMessage): number {
    if (this.#unacknowledged.length >= 2 * UNACKNOWLEDGED_MAX)
      this.fail(new AppError('TOO_SLOW', 'The verifier does not acknowledge changes; connect again'));
    this.#unacknowledged.push(this.number + 1, performance.now());
    return this.send(message);
  }

  /** Records an acknowledgment. False if it is of an event that was not sent. */
  acknowledge(number: number): boolean {
    if (number > this.number) return false;
    if (number <= this.acknowledged) return true;
    this.acknowledged = number;
    const list = this.#unacknowledged;
    let count = 0;
    while (count < list.length && (list[count] as number) <= number) count += 2;
    if (count > 0) this.#roundTripMs = performance.now() - (list[count - 1] as number);
    if (count === list.length) this.#unacknowledged = [];
    else if (count > 0) list.splice(0, count);
    for (const wait of this.waits) wait.acknowledged(this, number);
    return true;
  }

  /** Whether it has owed an acknowledgment for too long to get a lease. */
  isBehind(now: number): boolean {
    const [, since] = this.#unacknowledged;
    const { milliseconds, roundTrips } = ACKNOWLEDGE_WITHIN;
    return since !== undefined && now - since > Math.max(milliseconds, roundTrips * this.#roundTripMs);
  }

  /** Ends it, with an error for the verifier. */
  fail(error: AppError): void {
    this.#receiver?.failed(error);
  }

  /** Nothing is sent after this. */
  end(): void {
    this.isOver = true;
    this.#receiver = null;
    this.#unacknowledged = [];
  }
}
