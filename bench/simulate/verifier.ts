import type { Checker } from './checker.ts';
import { Connection } from './connection.ts';
import type { Change, Row } from './database.ts';
import { LookUps } from './look-ups.ts';
import { Process } from './process.ts';
import type { Setup } from './rules.ts';
import type { Server } from './server.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

/** How long it waits for anything from its server before it connects again, in leases. */
const SILENCE = 3;

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** One embedded verifier. */
export class Verifier extends Process {
  readonly name: string;
  readonly setup: Setup;
  readonly checker: Checker;
  readonly lookUps: LookUps;
  /** Its connection, for those who break it. */
  connection: Connection | null = null;
  readonly #servers: readonly Server[];
  readonly #delay: () => number;
  #server: Server | null = null;
  #stream: Stream | null = null;
  readonly #cache = new Map<number, Row>();
  readonly #requested = new Map<number, Moment>();
  #until = Number.NEGATIVE_INFINITY;
  #untilByWall = Number.NEGATIVE_INFINITY;
  #nonce = 0;
  #acknowledged = 0;
  #heardAt = 0;

  constructor(
    name: string,
    world: World,
    setup: Setup,
    checker: Checker,
    servers: readonly Server[],
    delay: () => number,
  ) {
    super(world, setup.drift);
    this.name = name;
    this.setup = setup;
    this.checker = checker;
    this.#servers = servers;
    this.#delay = delay;
    this.lookUps = new LookUps(this);
    this.resumed = () => this.probe('when it ran again');
  }

  start(): void {
    this.revive();
    this.#connect();
    this.#tick();
  }

  override kill(): void {
    super.kill();
    this.#end();
  }

  isHeld(): boolean {
    if (this.monotonic() >= this.#until) return false;
    return !this.setup.rules.leaseByWallClock || this.wall() < this.#untilByWall;
  }

  /** Starts a verification. */
  verify(key: number): void {
    if (!this.isAlive || this.isPaused) return;
    const row = this.isHeld() ? this.#cache.get(key) : undefined;
    if (row) {
      this.checker.counts.fromMemory += 1;
      this.accept(row, 'by its cache');
    } else this.lookUps.add(key, this.checker.required(key));
  }

  accept({ key, generation }: Row, how: string, required?: number): void {
    const violation = { at: this.world.now, verifier: this.name, key, how };
    this.checker.accept(violation, generation, required);
  }

  /** Checks whether a verification that started at this moment would be accepted by an old state. */
  probe(how: string): void {
    if (!this.isAlive || this.isPaused || !this.isHeld()) return;
    for (const row of this.#cache.values()) this.accept(row, how);
  }

  cache(row: Row): void {
    this.#cache.set(row.key, row);
  }

  /** Sends a look-up, if there is a stream. False: there is none. */
  send(keys: readonly number[], answered: (rows: readonly Row[]) => void): boolean {
    const [server, stream, connection] = [this.#server, this.#stream, this.connection];
    if (!server || !stream || !connection?.isOpen('client')) return false;
    connection.send('client', () => {
      server.lookUp(stream, keys, (rows) => {
        this.#heardAt = this.monotonic();
        answered(rows);
        this.probe('after a look-up');
      });
    });
    return true;
  }

  #connect(): void {
    const server = this.world.pick(this.#servers);
    const connection = new Connection(this.world, this, server, this.#delay);
    this.connection = connection;
    this.#server = server;
    this.#heardAt = this.monotonic();
    connection.onClosed('client', () => this.#closed());
    if (!server.isAlive) return void this.world.after(this.#delay(), () => connection.notice('client'));
    connection.send('client', () => {
      const stream = server.open(connection, {
        lease: (nonce, leaseMs) => this.#leased(nonce, leaseMs),
        changed: (change, number) => this.#changed(change, number),
      });
      if (!stream) return connection.close('server');
      connection.send('server', () => this.#welcomed(stream));
    });
  }

  #welcomed(stream: Stream): void {
    this.#stream = stream;
    this.#acknowledged = 0;
    this.#requested.clear();
    if (this.setup.rules.cacheEndsWithStream) this.#cache.clear();
    this.#request();
    this.lookUps.flush();
  }

  #closed(): void {
    this.#end();
    this.timer(this.world.between(10, 300), () => this.#connect());
  }

  #end(): void {
    this.#stream = null;
    this.#server = null;
    this.#requested.clear();
    this.lookUps.lost();
    if (!this.setup.rules.cacheEndsWithStream && this.isAlive) return;
    this.#endLease();
  }

  #endLease(): void {
    this.#cache.clear();
    this.#requested.clear();
    this.#until = Number.NEGATIVE_INFINITY;
  }

  #tick(): void {
    const silence = this.monotonic() - this.#heardAt;
    if (this.connection?.isOpen('client') && silence > SILENCE * this.setup.leaseMs) {
      this.connection.close('client');
      this.#closed();
    } else this.#request();
    this.timer(this.setup.leaseMs / 3, () => this.#tick());
  }

  #request(): void {
    if (!this.#stream) return;
    this.#nonce += 1;
    this.#requested.set(this.#nonce, { monotonic: this.monotonic(), wall: this.wall() });
    this.#pong(this.#nonce);
  }

  #pong(nonce: number | null): void {
    const [server, stream, acknowledged] = [this.#server, this.#stream, this.#acknowledged];
    if (!server || !stream) return;
    this.connection?.send('client', () => server.pong(stream, { acknowledged, nonce }));
  }

  #leased(nonce: number, leaseMs: number): void {
    this.#heardAt = this.monotonic();
    const requested = this.#requested.get(nonce);
    if (!requested) return;
    for (const older of this.#requested.keys()) if (older <= nonce) this.#requested.delete(older);
    const { leaseFromRequest } = this.setup.rules;
    const from = leaseFromRequest ? requested : { monotonic: this.monotonic(), wall: this.wall() };
    this.#until = Math.max(this.#until, from.monotonic + leaseMs);
    this.#untilByWall = from.wall + leaseMs;
    this.checker.counts.leases += 1;
    this.probe('with a new lease');
  }

  #changed(change: Change | 'reset', number: number): void {
    this.#heardAt = this.monotonic();
    this.#acknowledged = Math.max(this.#acknowledged, number);
    if (this.setup.rules.acknowledgedWhenApplied) {
      this.#apply(change);
      this.#pong(null);
    } else {
      this.#pong(null);
      this.timer(20, () => this.#apply(change));
    }
    this.probe('after a change');
  }

  #apply(change: Change | 'reset'): void {
    this.lookUps.heard(change);
    if (change === 'reset') this.#endLease();
    else for (const key of change.generations.keys()) this.#cache.delete(key);
  }
}
