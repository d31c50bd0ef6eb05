import { createNonce } from './ack-signing.ts';
import type { Lease, Moment } from './lease.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { encode } from './messages.ts';
import { type NodeRow, Nodes } from './nodes.ts';
import { directChannel } from './notification-channels.ts';

/** Duration of a lease, interval between two beats, and timeout of one before its connection is closed. */
const BEATS_PER_LEASE = 3;
const PATIENCE = 2 / 3;

/** State changes of the membership. */
export interface NodeMembershipEvents {
  /** Whether the row with this secret, written on the listening connection, is visible where changes are written. */
  isKnown(secret: string): Promise<boolean>;
  /** The listening connection is shared with other clients, so messages may be lost. */
  shared(): void;
  /** A beat returned: every message sent before it has been received. */
  proven(): void;
  /** The node was added to the list. The other nodes don't know it yet, or no longer do. */
  enrolled(): void;
  /** Receives all nodes in the table. */
  seen(rows: readonly NodeRow[]): void;
}

type Connection = Pick<ListeningConnection, 'query' | 'drop' | 'proven' | 'serverProcess'>;

interface Beat {
  /** Unpredictable. */
  readonly word: string;
  readonly sentAt: Moment;
  heard: boolean;
  /** Whether it was sent by the server process that listens. */
  ofOwn: boolean;
}

/**
 * This node's membership. Each beat writes a row and sends the node a message. When the message returns, nothing
 * committed before it can have been missed, and the lease restarts from the time it was sent.
 */
export class NodeMembership {
  readonly nodes: Nodes;
  readonly #id: string;
  readonly #name: string;
  readonly #connection: Connection;
  readonly #lease: Lease;
  readonly #events: NodeMembershipEvents;
  /** New with every connection. */
  #secret = '';
  /** Whether this connection leads to the database in which changes are written. */
  #known = false;
  #asking = false;
  #lastBeat: Beat | null = null;
  #underWay: Beat | null = null;
  #timer: NodeJS.Timeout | null = null;
  #roundTripMs: number | null = null;

  constructor(
    { id, name }: { id: string; name: string },
    connection: Connection,
    lease: Lease,
    events: NodeMembershipEvents,
  ) {
    this.#id = id;
    this.#name = name;
    this.#connection = connection;
    this.#lease = lease;
    this.#events = events;
    this.nodes = new Nodes(id, lease.milliseconds);
  }

  /** Round-trip time of the last beat, or the age of the pending one if longer, milliseconds. Null before the first. */
  get roundTripMs(): number | null {
    const last = this.#roundTripMs;
    const beat = this.#underWay;
    if (last === null || !beat || beat.heard) return last;
    return Math.max(last, performance.now() - beat.sentAt.monotonic);
  }

  /** The secret in this node's row, which signs its confirmations. */
  get secret(): string {
    return this.#secret;
  }

  /** Starts beating on a new connection. */
  established(): void {
    this.#secret = createNonce();
    this.#known = false;
    this.#asking = false;
    this.#underWay = null;
    this.#lastBeat = null;
    this.nodes.lookAnew();
    void this.#beat();
    this.#timer ??= setInterval(() => this.#tick(), this.#lease.milliseconds / BEATS_PER_LEASE).unref();
  }

  /** Records a returned beat. */
  heard(word: string): void {
    const beat = this.#underWay;
    if (beat?.word !== word) return;
    beat.heard = true;
    this.#roundTripMs = performance.now() - beat.sentAt.monotonic;
    this.#settle(beat);
  }

  /** Reads the list of nodes. */
  async look(): Promise<void> {
    const rows = await this.#connection.query<NodeRow>(
      'select id, beat, lease_ms as "leaseMs", watching, secret from nodes',
      [],
    );
    // Large numbers come as text.
    this.seen(rows.map((row) => ({ ...row, beat: Number(row.beat), watching: Number(row.watching) })));
  }

  /** Records the list of nodes. */
  seen(rows: readonly NodeRow[]): void {
    this.nodes.see(rows, performance.now());
    this.#events.seen(rows);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#lease.end();
  }

  /** A beat is a proof if it was received from the process that sent it. */
  #settle(beat: Beat): void {
    if (this.#underWay !== beat || !beat.heard || !beat.ofOwn) return;
    this.#underWay = null;
    this.#lastBeat = beat;
    if (this.#known) this.#prove(beat);
  }

  #prove(beat: Beat): void {
    this.#lease.extend(beat.sentAt);
    this.#connection.proven();
    this.#events.proven();
  }

  async #introduce(): Promise<void> {
    if (this.#known || this.#asking) return;
    const secret = this.#secret;
    this.#asking = true;
    const known = await this.#events.isKnown(secret).catch(() => false);
    if (secret !== this.#secret) return;
    this.#asking = false;
    this.#known = known;
    if (known && this.#lastBeat) this.#prove(this.#lastBeat);
  }

  #tick(): void {
    const beat = this.#underWay;
    if (!beat) {
      void this.#beat();
      return;
    }
    // Only after pending input was processed: this process itself may have stalled.
    setImmediate(() => {
      const waited = performance.now() - beat.sentAt.monotonic;
      if (this.#underWay === beat && waited > this.#lease.milliseconds * PATIENCE) this.#connection.drop();
    });
  }

  async #beat(): Promise<void> {
    const beat: Beat = { word: createNonce(), sentAt: this.#lease.now(), heard: false, ofOwn: false };
    this.#underWay = beat;
    const message = encode({ type: 'beat', word: beat.word });
    const own = [this.#id, this.#name, this.#lease.milliseconds, this.#secret];
    try {
      // Durable, unlike the other writes here: a node whose row is lost in a crash must not keep its lease.
      const [row] = await this.#connection.query<{ beat: string; process: number }>(
        `with beaten as (
          insert into nodes (id, name, beat, lease_ms, watching, secret) values ($1, $2, 1, $3, 0, $4)
          on conflict (id) do update
            set beat = nodes.beat + 1, lease_ms = excluded.lease_ms, secret = excluded.secret
          returning beat
        )
        select beat, pg_backend_pid() as process,
          set_config('synchronous_commit', 'on', true), pg_notify($5, $6) from beaten`,
        [...own, directChannel(this.#id), message],
      );
      beat.ofOwn = row?.process === this.#connection.serverProcess;
      if (beat.ofOwn) this.#settle(beat);
      else this.#giveUp(beat);
      if (Number(row?.beat) === 1) this.#events.enrolled();
      void this.#introduce();
      await this.look();
      await this.#removeGone();
    } catch {
      // The connection is lost or will be closed. The next beat uses the new one.
    }
  }

  /** Behind a transaction pooler each statement may run in another server process, so messages to us may be lost. */
  #giveUp(beat: Beat): void {
    if (this.#underWay !== beat) return;
    this.#underWay = null;
    this.#events.shared();
  }

  async #removeGone(): Promise<void> {
    for (const { id, beat } of this.nodes.gone(performance.now()))
      await this.#connection.query('delete from nodes where id = $1 and beat = $2', [id, beat]);
  }
}
