import { createNonce } from './ack-signing.ts';
import type { Lease, Moment } from './lease.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { encode } from './messages.ts';
import { type NodeRow, Nodes } from './nodes.ts';
import { directChannel } from './notification-channels.ts';

/** Of a lease, how long between two beats, and how long one may take before its connection is given up. */
const BEATS_PER_LEASE = 3;
const PATIENCE = 2 / 3;

/** What becomes of the membership. */
export interface NodeMembershipEvents {
  /** Whether the row with this secret, written where the node listens, can be written where changes are made. */
  isKnown(secret: string): Promise<boolean>;
  /** It is not the node alone that speaks to the server on the listening connection: what is said may get lost. */
  shared(): void;
  /** A beat came back: everything that was said before it was sent has been heard. */
  proven(): void;
  /** The node is on the list, where it was not: the others know nothing of it yet, or any more. */
  enrolled(): void;
  /** All nodes, as they stand in the table. */
  seen(rows: readonly NodeRow[]): void;
}

type Connection = Pick<ListeningConnection, 'query' | 'drop' | 'proven' | 'serverProcess'>;

interface Beat {
  /** Nobody knows it before it is said. */
  readonly word: string;
  readonly asked: Moment;
  heard: boolean;
  /** Whether it was the very server process that listens which said it. */
  ofOwn: boolean;
}

/**
 * This node's place among the others. Each beat is a row that says that the node is there, and a message to itself: when
 * that comes back, nothing that was committed before can have been missed, and the lease begins anew at its sending.
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
  /** Whether this connection leads to where changes are made: it may be another database. */
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

  /** How long the last beat took to come back, or the next one has taken by now; milliseconds, null before the first. */
  get roundTripMs(): number | null {
    const last = this.#roundTripMs;
    const beat = this.#underWay;
    if (last === null || !beat || beat.heard) return last;
    return Math.max(last, performance.now() - beat.asked.monotonic);
  }

  /** What this node signs its confirmations with, as it stands in its row. */
  get secret(): string {
    return this.#secret;
  }

  /** Begins to beat on a new connection. */
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

  /** Takes note of a beat that came back. */
  heard(word: string): void {
    const beat = this.#underWay;
    if (beat?.word !== word) return;
    beat.heard = true;
    this.#roundTripMs = performance.now() - beat.asked.monotonic;
    this.#settle(beat);
  }

  /** Reads who is there. */
  async look(): Promise<void> {
    const rows = await this.#connection.query<NodeRow>(
      'select id, beat, lease_ms as "leaseMs", watching, secret from nodes',
      [],
    );
    // Large numbers come as text.
    this.seen(rows.map((row) => ({ ...row, beat: Number(row.beat), watching: Number(row.watching) })));
  }

  /** Takes note of who is there. */
  seen(rows: readonly NodeRow[]): void {
    this.nodes.see(rows, performance.now());
    this.#events.seen(rows);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#lease.end();
  }

  /** A beat is a proof when it was heard, and by the process that said it. */
  #settle(beat: Beat): void {
    if (this.#underWay !== beat || !beat.heard || !beat.ofOwn) return;
    this.#underWay = null;
    this.#lastBeat = beat;
    if (this.#known) this.#prove(beat);
  }

  #prove(beat: Beat): void {
    this.#lease.extend(beat.asked);
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
    // Only after what has come in meanwhile was looked at: this process itself may have stood still.
    setImmediate(() => {
      const waited = performance.now() - beat.asked.monotonic;
      if (this.#underWay === beat && waited > this.#lease.milliseconds * PATIENCE) this.#connection.drop();
    });
  }

  async #beat(): Promise<void> {
    const beat: Beat = { word: createNonce(), asked: this.#lease.now(), heard: false, ofOwn: false };
    this.#underWay = beat;
    const message = encode({ type: 'beat', word: beat.word });
    const own = [this.#id, this.#name, this.#lease.milliseconds, this.#secret];
    try {
      // Durable, unlike what else runs here: a node whose row a crash takes away must not go on by its lease.
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
      // The connection is gone, or will be given up: there the next beat follows.
    }
  }

  /** Between a pooler and the server, each of our statements may run elsewhere, and what is said to us may get lost. */
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
