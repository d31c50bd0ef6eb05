import type { Principal } from '../../access/principal.ts';

/** Places for sockets and event streams, so many for each credential and no more. */
export class Places {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place, unless all are taken; returns how to give it back. */
  take(principal: Principal): (() => void) | null {
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
