import { randomBytes } from 'node:crypto';
import { directChannel } from './channels.ts';
import type { Lease, Moment } from './lease.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { type Direct, encode } from './messages.ts';
import { type NodeRow, Nodes } from './nodes.ts';

/** Of a lease, how long between two beats, and how long one may take before its connection is given up. */
const BEATS_PER_LEASE = 3;
const PATIENCE = 2 / 3;

/** What becomes of the membership. */
export interface MembershipEvents {
  /** Has this said to this node by way of the database's own address. */
  introduce(message: string): void;
  /** A beat came back: everything that was said before it was sent has been heard. */
  proven(): void;
  /** The node is on the list, where it was not: the others know nothing of it yet, or any more. */
  enrolled(): void;
  /** All nodes, as they stand in the table. */
  seen(rows: readonly NodeRow[]): void;
}

interface Beat {
  readonly number: number;
  readonly asked: Moment;
}

/**
 * This node's place among the others. Each beat is a row that says that the node is there, and a message to itself: when
 * that comes back, nothing that was committed before can have been missed, and the lease begins anew at its sending.
 */
export class Membership {
  readonly nodes: Nodes;
  readonly #id: string;
  readonly #name: string;
  readonly #connection: Pick<ListeningConnection, 'query' | 'drop' | 'proven'>;
  readonly #lease: Lease;
  readonly #events: MembershipEvents;
  #session = '';
  /** Whether what is said where changes are made is heard on this connection: it may lead to another database. */
  #introduced = false;
  #lastBeat: Beat | null = null;
  #number = 0;
  #underWay: Beat | null = null;
  #timer: NodeJS.Timeout | null = null;
  #roundTripMs: number | null = null;

  constructor(
    { id, name }: { id: string; name: string },
    connection: Pick<ListeningConnection, 'query' | 'drop' | 'proven'>,
    lease: Lease,
    events: MembershipEvents,
  ) {
    this.#id = id;
    this.#name = name;
    this.#connection = connection;
    this.#lease = lease;
    this.#events = events;
    this.nodes = new Nodes(id, lease.milliseconds);
  }

  /** How long the last beat took to come back, milliseconds; null before the first. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  /** Begins to beat on a new connection. */
  established(): void {
    this.#session = randomBytes(8).toString('hex');
    this.#introduced = false;
    this.#underWay = null;
    this.#lastBeat = null;
    this.nodes.lookAnew();
    this.#introduce();
    void this.#beat();
    this.#timer ??= setInterval(() => this.#tick(), this.#lease.milliseconds / BEATS_PER_LEASE).unref();
  }

  /** Takes note of a beat that came back. */
  heard({ session, number }: Extract<Direct, { type: 'beat' }>): void {
    const beat = this.#underWay;
    if (session !== this.#session || beat?.number !== number) return;
    this.#underWay = null;
    this.#lastBeat = beat;
    this.#roundTripMs = performance.now() - beat.asked.monotonic;
    if (this.#introduced) this.#prove(beat);
  }

  /** Takes note of what was said by way of the database's own address. */
  heardOfItself({ session }: Extract<Direct, { type: 'hello' }>): void {
    if (session !== this.#session || this.#introduced) return;
    this.#introduced = true;
    if (this.#lastBeat) this.#prove(this.#lastBeat);
  }

  /** Reads who is there. */
  async look(): Promise<void> {
    const rows = await this.#connection.query<Record<keyof NodeRow, string>>(
      'select id, beat, lease_ms as "leaseMs", watching from nodes',
      [],
    );
    this.seen(
      rows.map(({ id, beat, leaseMs, watching }) => ({
        id,
        beat: Number(beat),
        leaseMs: Number(leaseMs),
        watching: Number(watching),
      })),
    );
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

  #prove(beat: Beat): void {
    this.#lease.extend(beat.asked);
    this.#connection.proven();
    this.#events.proven();
  }

  #introduce(): void {
    this.#events.introduce(encode({ type: 'hello', session: this.#session }));
  }

  #tick(): void {
    if (!this.#introduced) this.#introduce();
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
    this.#number += 1;
    const beat: Beat = { number: this.#number, asked: this.#lease.now() };
    this.#underWay = beat;
    const message = encode({ type: 'beat', session: this.#session, number: beat.number });
    const values = [this.#id, this.#name, this.#lease.milliseconds, directChannel(this.#id), message];
    try {
      // Durable, unlike what else runs here: a node whose row a crash takes away must not go on by its lease.
      const [row] = await this.#connection.query<{ beat: string }>(
        `with beaten as (
          insert into nodes (id, name, beat, lease_ms, watching) values ($1, $2, 1, $3, 0)
          on conflict (id) do update set beat = nodes.beat + 1, lease_ms = excluded.lease_ms
          returning beat
        )
        select beat, set_config('synchronous_commit', 'on', true), pg_notify($4, $5) from beaten`,
        values,
      );
      if (Number(row?.beat) === 1) this.#events.enrolled();
      await this.look();
      await this.#removeGone();
    } catch {
      // The connection is gone, or will be given up: there the next beat follows.
    }
  }

  async #removeGone(): Promise<void> {
    for (const { id, beat } of this.nodes.gone(performance.now()))
      await this.#connection.query('delete from nodes where id = $1 and beat = $2', [id, beat]);
  }
}
