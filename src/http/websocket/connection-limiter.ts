import type { Principal } from '../../access/principal.ts';

/** Limits the number of open sockets and event streams of each credential. */
export class ConnectionLimiter {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Acquires a slot and returns a function that releases it, or null if all slots are in use. */
  acquire(principal: Principal): (() => void) | null {
    const name = credentialOf(principal);
    const taken = this.#taken.get(name) ?? 0;
    if (taken >= this.#max) return null;
    this.#taken.set(name, taken + 1);
    return () => {
      const left = (this.#taken.get(name) ?? 1) - 1;
      if (left > 0) this.#taken.set(name, left);
      else this.#taken.delete(name);
    };
  }
}

function credentialOf(principal: Principal): string {
  if (principal.kind === 'user') return principal.sessionId;
  if (principal.kind === 'key') return principal.keyId;
  return principal.actor;
}
