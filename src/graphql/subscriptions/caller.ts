import type { Principal } from '../../access/principal.ts';
import type { Subscriber } from './subscriber.ts';

/** Why a caller can't go on. */
export type LossCode = keyof typeof LOSSES;

const LOSSES = {
  UNAUTHENTICATED: 'The credential is no longer valid',
  FORBIDDEN: 'The credential can no longer be used by pages of this origin',
};

/** Someone with subscriptions: one WebSocket, or one event stream. */
export class Caller {
  readonly subscribers = new Set<Subscriber>();
  /** As it was when the credential was last looked at. */
  principal: Principal;
  /** The address the credential came from. */
  readonly ip: string | null;
  /** The web origin it was called from. Null: a page of this server, or a program. */
  readonly origin: string | null;
  readonly #lost: (code: LossCode) => void;

  /** `lost` is called once, after the subscriptions ended, with the reason when it can't go on. */
  constructor(
    principal: Principal,
    { ip, origin }: { readonly ip: string | null; readonly origin: string | null },
    lost: (code: LossCode) => void,
  ) {
    this.principal = principal;
    this.ip = ip;
    this.origin = origin;
    this.#lost = lost;
  }

  /** Whether delivery is suspended until its permissions are known again. */
  suspended = false;
  /** Whether it has left or lost its credential, so that nothing may start. */
  over = false;

  /** Suspends delivery until its permissions are known again. */
  suspend(): void {
    this.suspended = true;
    for (const subscriber of this.subscribers) subscriber.pause();
  }

  /** Ends all its subscriptions. */
  leave(): void {
    this.over = true;
    for (const subscriber of [...this.subscribers]) subscriber.stop();
  }

  /** Ends everything: the credential is gone, or pages of its origin can't use it anymore. */
  lose(code: LossCode = 'UNAUTHENTICATED'): void {
    if (this.over) return;
    this.over = true;
    const error = { message: LOSSES[code], extensions: { code } };
    for (const subscriber of [...this.subscribers]) subscriber.fail([error]);
    this.#lost(code);
  }
}
