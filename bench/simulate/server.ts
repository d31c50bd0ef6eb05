import type { Checker } from './checker.ts';
import type { Connection } from './connection.ts';
import type { Change, Database, Row } from './database.ts';
import { Process } from './process.ts';
import type { Setup } from './rules.ts';
import { type Receiver, Stream } from './stream.ts';
import type { World } from './world.ts';

const SHARE = 0.98;
const LEASE_MIN_MS = 50;
const TICK_MS = 100;
/** Longest time that a frame waits for others where leases may overtake changes, milliseconds. */
const FRAME_MS = 20;

/** What a verifier sends as the payload of a pong. */
export interface Pong {
  readonly acknowledged: number;
  readonly nonce: number | null;
}

/** Changes heard while a look-up is under way. */
interface Reading {
  readonly heard: Change[];
}

/** A server: streams, leases, look-ups and acknowledgments. How servers know of each other differs. */
export abstract class Server extends Process {
  readonly name: string;
  readonly setup: Setup;
  readonly database: Database;
  readonly checker: Checker;
  readonly streams = new Set<Stream>();
  /** Those that have ended here, while their leases run. */
  readonly ended = new Set<Stream>();
  isStopping = false;
  readonly #readings = new Set<Reading>();

  constructor(name: string, world: World, setup: Setup, database: Database, checker: Checker) {
    super(world, setup.drift);
    this.name = name;
    this.setup = setup;
    this.database = database;
    this.checker = checker;
  }

  /** What remains of its own lease, milliseconds. */
  abstract remainingMs(): number;
  /** Reads what others have committed, as far as it isn't announced. */
  abstract catchUp(): void;
  /** Records that a lease of this length is going to be granted. */
  abstract record(leaseMs: number): void;
  /** A client changes a key, or all, and waits for the answer; `repeated`: it finds the change already made. */
  abstract change(key: number | null, repeated: Change | null, answered: (change: Change) => void): void;
  /** Reads keys, with a delay where the database is elsewhere. */
  abstract read(keys: readonly number[], done: (rows: readonly Row[]) => void): void;

  /** Its deadline for a lease of this length that it grants. */
  withMargin(leaseMs: number): number {
    return this.setup.rules.margins ? leaseMs * 1.021 + 20 : leaseMs;
  }

  started(): void {
    this.isStopping = false;
    const tick = (): void => {
      if (this.setup.rules.catchUp) this.catchUp();
      for (const stream of this.streams) this.#grant(stream);
      this.timer(TICK_MS, tick);
    };
    tick();
  }

  override kill(): void {
    super.kill();
    this.streams.clear();
    this.ended.clear();
    this.#readings.clear();
  }

  /** Opens the stream of a verifier. Null: it is stopping. */
  open(connection: Connection, receiver: Receiver): Stream | null {
    if (this.isStopping) return null;
    const stream = new Stream(connection, receiver);
    this.streams.add(stream);
    connection.onClosed('server', () => this.end(stream, false));
    return stream;
  }

  /** Ends a stream. Unless its verifier has ended its lease itself, what it has cached counts until that is over. */
  end(stream: Stream, isReleased: boolean): void {
    if (!this.streams.delete(stream)) return;
    stream.isOver = true;
    const left = stream.leaseUntil - this.monotonic();
    if (isReleased || left <= 0 || !this.setup.rules.endedStreamsCount) return stream.release();
    this.ended.add(stream);
    this.timer(left, () => {
      this.ended.delete(stream);
      stream.release();
    });
  }

  pong(stream: Stream, { acknowledged, nonce }: Pong): void {
    if (stream.isOver) return;
    stream.acknowledge(acknowledged, this.monotonic());
    if (nonce !== null) stream.nonce = nonce;
    this.#grant(stream);
  }

  lookUp(stream: Stream, keys: readonly number[], answer: (rows: readonly Row[]) => void): void {
    const reading: Reading = { heard: [] };
    this.#readings.add(reading);
    this.read(keys, (rows) => {
      this.#readings.delete(reading);
      for (const { key, sequence } of rows) {
        stream.interests.add(key);
        if (!this.setup.rules.interestBeforeAnswer) continue;
        for (const change of reading.heard)
          if (change.sequence > sequence && (change.key ?? key) === key)
            stream.send(change, this.monotonic());
      }
      stream.connection.send('server', () => answer(rows));
    });
  }

  /** Tells verifiers of a change, or that they may have missed some; `done` when none relies on the state before. */
  hear(change: Change | 'reset', done: () => void = () => {}): void {
    if (change !== 'reset') for (const { heard } of this.#readings) heard.push(change);
    const waits = new Map<Stream, number>();
    let until = this.monotonic();
    for (const stream of [...this.streams, ...this.ended]) {
      if (change !== 'reset' && change.key !== null && !stream.interests.has(change.key)) continue;
      const { leasesBehindChanges } = this.setup.rules;
      const held = !leasesBehindChanges && this.world.chance(0.5) ? this.world.between(0, FRAME_MS) : 0;
      const number = stream.send(change, this.monotonic(), held, (ms, run) => this.timer(ms, run));
      if (stream.leaseUntil <= this.monotonic()) continue;
      waits.set(stream, number);
      until = Math.max(until, stream.leaseUntil);
    }
    if (waits.size === 0 || !this.setup.rules.acknowledgmentsAwaited) return done();
    let isDone = false;
    const finish = (): void => {
      if (isDone) return;
      isDone = true;
      for (const stream of waits.keys()) stream.waits.delete(settle);
      done();
    };
    const settle = (stream: Stream): void => {
      if (!stream.isReleased && stream.acknowledged < (waits.get(stream) ?? 0)) return;
      waits.delete(stream);
      stream.waits.delete(settle);
      if (waits.size === 0) finish();
    };
    for (const stream of waits.keys()) stream.waits.add(settle);
    this.timer(until - this.monotonic(), () => {
      if (!isDone) this.checker.counts.missed += 1;
      finish();
    });
  }

  /** Ends all streams with a reset; `done` when no verifier relies on them. */
  endStreams(done: () => void): void {
    this.isStopping = true;
    this.hear('reset', () => {
      for (const stream of this.streams) stream.connection.close('server');
      done();
    });
  }

  #grant(stream: Stream): void {
    const { rules, leaseMs } = this.setup;
    if (stream.nonce === null || stream.isOver || this.isStopping) return;
    if (rules.catchUp) this.catchUp();
    const now = this.monotonic();
    const own = rules.leasesWithinOwn ? this.remainingMs() * (rules.margins ? SHARE : 1) : leaseMs;
    const granted = Math.min(leaseMs, own);
    if (granted < LEASE_MIN_MS || stream.isBehind(now)) return;
    this.record(granted);
    const { nonce } = stream;
    stream.nonce = null;
    stream.leaseUntil = Math.max(stream.leaseUntil, now + this.withMargin(granted));
    stream.sendLease(nonce, granted);
  }
}
