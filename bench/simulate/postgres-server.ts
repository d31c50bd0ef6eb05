import { Connection } from './connection.ts';
import type { Change, Row } from './database.ts';
import type { PostgresHost } from './postgres-host.ts';
import { Server } from './server.ts';

const BEATS_PER_LEASE = 3;
const PATIENCE = 2 / 3;
/** Reads take this long each way; one in ten takes up to the second. Milliseconds. */
const READ_MS = 30;
const SLOW_READ_MS = 400;

interface Sighting {
  readonly beat: number;
  readonly since: number;
}

interface Waiting {
  readonly confirmed: Set<string>;
  check(): void;
}

/** One of several servers on PostgreSQL: leases by beats, announcements and confirmations by notifications. */
export class PostgresServer extends Server {
  readonly #host: PostgresHost;
  /** New with every start, as in the table `nodes`. */
  id = '';
  #listening: Connection | null = null;
  #leaseUntil = Number.NEGATIVE_INFINITY;
  #beatSince: number | null = null;
  #sightings = new Map<string, Sighting>();
  readonly #waiting = new Map<Change, Set<Waiting>>();

  constructor(host: PostgresHost, ...rest: ConstructorParameters<typeof Server>) {
    super(...rest);
    this.#host = host;
  }

  get listening(): Connection | null {
    return this.#listening;
  }

  start(): void {
    this.revive();
    this.id = `${this.name}.${this.life}`;
    this.#leaseUntil = Number.NEGATIVE_INFINITY;
    this.#sightings.clear();
    this.#waiting.clear();
    this.#listening = null;
    this.#listen();
    this.#tick();
    this.started();
  }

  stop(done: () => void): void {
    const end = (): void => {
      this.#host.database.beats.delete(this.id);
      this.kill();
      done();
    };
    this.endStreams(this.setup.rules.signOffLast ? end : () => {});
    if (!this.setup.rules.signOffLast) end();
  }

  override kill(): void {
    this.#host.forget(this.id);
    super.kill();
  }

  remainingMs(): number {
    return this.#leaseUntil - this.monotonic();
  }

  catchUp(): void {}

  record(): void {}

  read(keys: readonly number[], done: (rows: readonly Row[]) => void): void {
    // By a connection of its own, which works while the listening one doesn't.
    const { life } = this;
    const delay = () => this.world.between(0.2, this.world.chance(0.1) ? SLOW_READ_MS : READ_MS);
    this.world.after(delay(), () => {
      const rows = keys.map((key) => this.#host.database.read(key));
      this.world.after(delay(), () => {
        if (life === this.life) this.receive(() => done(rows));
      });
    });
  }

  change(key: number | null, repeated: Change | null, answered: (change: Change) => void): void {
    const { life } = this;
    this.world.after(this.world.between(0.2, 5), () => {
      if (life !== this.life) return;
      const change = repeated ?? this.#host.database.commit(key);
      this.#host.announce(this.id, change);
      this.world.after(this.world.between(0.2, 20), () => {
        if (life === this.life) this.receive(() => this.#committed(change, repeated !== null, answered));
      });
    });
  }

  /** Another server, or this one, has announced a change. */
  heard(from: string, change: Change): void {
    this.hear(change, () => {
      if (from !== this.id) this.#listening?.send('client', () => this.#host.confirm(from, this.id, change));
    });
  }

  /** Another server relies on nothing before a change. */
  confirmed(from: string, change: Change): void {
    for (const waiting of this.#waiting.get(change) ?? []) {
      waiting.confirmed.add(from);
      waiting.check();
    }
  }

  /** A beat came back: nothing that was committed before it was missed. */
  heardBeat(sentAt: number): void {
    this.#beatSince = null;
    this.#leaseUntil = Math.max(this.#leaseUntil, sentAt + this.setup.leaseMs);
  }

  /** All rows of the table, as read at some time before now. */
  see(rows: ReadonlyMap<string, number>): void {
    for (const id of this.#sightings.keys()) if (!rows.has(id)) this.#sightings.delete(id);
    for (const [id, beat] of rows)
      if (id !== this.id && this.#sightings.get(id)?.beat !== beat)
        this.#sightings.set(id, { beat, since: this.monotonic() });
  }

  #committed(change: Change, isRepeat: boolean, answered: (change: Change) => void): void {
    if (isRepeat && !this.setup.rules.repeatsWait) return answered(change);
    const committedAt = this.monotonic();
    let isHere = false;
    let isThere = false;
    const finish = (): void => {
      if (isHere && isThere) answered(change);
    };
    this.hear(change, () => {
      isHere = true;
      finish();
    });
    this.#others(change, committedAt, () => {
      isThere = true;
      finish();
    });
  }

  /** Waits until each other server has confirmed a change, or its lease is over. */
  #others(change: Change, committedAt: number, done: () => void): void {
    let nodes: Map<string, number> | null = null;
    let isDone = false;
    const waiting: Waiting = {
      confirmed: this.#host.confirmedEarly(this.id, change),
      check: () => {
        if (isDone) return;
        let until = nodes ? Number.NEGATIVE_INFINITY : committedAt + this.withMargin(this.setup.leaseMs);
        for (const [id, end] of nodes ?? []) if (!waiting.confirmed.has(id)) until = Math.max(until, end);
        const left = until - this.monotonic();
        if (left > 0) return this.timer(left, waiting.check);
        isDone = true;
        this.#waiting.get(change)?.delete(waiting);
        done();
      },
    };
    const all = this.#waiting.get(change) ?? new Set();
    this.#waiting.set(change, all.add(waiting));
    this.#look(() => {
      nodes = this.#liveAt(committedAt);
      waiting.check();
    });
    waiting.check();
  }

  #liveAt(committedAt: number): Map<string, number> {
    const live = new Map<string, number>();
    for (const [id, { since }] of this.#sightings) {
      const until = Math.min(since, committedAt) + this.withMargin(this.setup.leaseMs);
      if (until > committedAt) live.set(id, until);
    }
    return live;
  }

  #look(done: () => void): void {
    const connection = this.#listening;
    connection?.send('client', () => {
      const rows = new Map(this.#host.database.beats);
      connection.send('server', () => {
        this.see(rows);
        done();
      });
    });
  }

  #listen(): void {
    const connection = new Connection(this.world, this, this.#host, () => this.world.between(0.2, 10));
    const { life } = this;
    // Messages since the last connection were missed.
    connection.send('client', () => {
      this.#host.listen(this.id, this, connection);
      connection.send('server', () => {
        this.#listening = connection;
        this.#beatSince = null;
        this.#sightings.clear();
        if (this.setup.rules.resetWhenMissed) this.hear('reset');
        this.#beat();
      });
    });
    connection.onClosed('client', () => {
      if (this.#listening === connection) this.#listening = null;
      this.timer(this.world.between(20, 200), () => {
        if (life === this.life) this.#listen();
      });
    });
  }

  #tick(): void {
    const connection = this.#listening;
    if (connection && this.#beatSince === null) this.#beat();
    else if (connection && this.#beatSince !== null) {
      if (this.monotonic() - this.#beatSince > this.setup.leaseMs * PATIENCE) {
        this.#host.forget(this.id);
        connection.notice('client');
      }
    }
    this.timer(this.setup.leaseMs / BEATS_PER_LEASE, () => this.#tick());
  }

  #beat(): void {
    const sentAt = this.monotonic();
    this.#beatSince = sentAt;
    const connection = this.#listening;
    const { id } = this;
    connection?.send('client', () => {
      const { beats } = this.#host.database;
      beats.set(id, (beats.get(id) ?? 0) + 1);
      const rows = new Map(beats);
      connection.send('server', () => {
        this.heardBeat(sentAt);
        this.see(rows);
      });
    });
  }
}
