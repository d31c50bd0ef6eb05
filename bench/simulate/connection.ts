import type { Process } from './process.ts';
import type { World } from './world.ts';

export type Side = 'client' | 'server';

interface End {
  readonly process: Process;
  readonly life: number;
  isOpen: boolean;
  closed: () => void;
  /** When the last message for it arrives: none overtakes another. */
  lastAt: number;
}

/** A connection that delivers in order, until it is cut, or swallows everything and tells nobody. */
export class Connection {
  messages = 0;
  readonly #world: World;
  readonly #ends: Readonly<Record<Side, End>>;
  readonly #delay: () => number;
  #isBroken = false;

  constructor(world: World, client: Process, server: Process, delay: () => number) {
    this.#world = world;
    this.#delay = delay;
    const end = (process: Process): End => ({
      process,
      life: process.life,
      isOpen: true,
      closed: () => {},
      lastAt: 0,
    });
    this.#ends = { client: end(client), server: end(server) };
  }

  /** Calls a function when this side learns that the connection has ended, other than by its own `close`. */
  onClosed(side: Side, closed: () => void): void {
    this.#ends[side].closed = closed;
  }

  isOpen(side: Side): boolean {
    return this.#ends[side].isOpen;
  }

  /** Lets the other side process something, unless the connection breaks before. */
  send(from: Side, run: () => void): void {
    if (!this.#ends[from].isOpen || this.#isBroken) return;
    const to = this.#ends[other(from)];
    this.messages += 1;
    to.lastAt = Math.max(to.lastAt, this.#world.now + this.#delay());
    this.#world.at(to.lastAt, () => {
      if (this.#isBroken || !to.isOpen || to.process.life !== to.life) return;
      to.process.receive(() => {
        if (to.isOpen && to.process.life === to.life) run();
      });
    });
  }

  /** This side closes it. The other one learns of it after everything that was sent before. */
  close(by: Side): void {
    if (!this.#ends[by].isOpen) return;
    this.send(by, () => this.#end(other(by)));
    this.#ends[by].isOpen = false;
  }

  /** From now on, everything vanishes. Each side notices after a time, or never (null). */
  break(noticed: Readonly<Record<Side, number | null>>): void {
    this.#isBroken = true;
    for (const side of ['client', 'server'] as const) {
      const time = noticed[side];
      if (time !== null) this.#world.after(time, () => this.notice(side));
    }
  }

  /** This side learns that the connection has ended. */
  notice(side: Side): void {
    const { process, life } = this.#ends[side];
    if (process.life === life) process.receive(() => this.#end(side));
  }

  #end(side: Side): void {
    const end = this.#ends[side];
    if (!end.isOpen) return;
    end.isOpen = false;
    end.closed();
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}
