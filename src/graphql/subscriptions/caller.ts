import type { Principal } from '../../access/principal.ts';
import type { Subscriber } from './subscriber.ts';

/** Why a caller's subscriptions must end. */
export type LossCode = keyof typeof LOSSES;

const LOSSES = {
  UNAUTHENTICATED: 'The credential is no longer valid',
  FORBIDDEN: 'The credential can no longer be used by pages of this origin',
};

/** The holder of subscriptions: one WebSocket or one event stream. */
export class Caller {
  readonly subscribers = new Set<Subscriber>();
  /** As of the last time that the credential was read. */
  principal: Principal;
  /** The address the credential came from. */
  readonly ip: string | null;
  /** The web origin of the calling page. Null: a page of this server, or a program. */
  readonly origin: string | null;
  readonly #lost: (code: LossCode) => void;

  /** `lost` is called once, after the subscriptions have ended, with the reason. */
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

  /** Ends everything: the credential is no longer valid, or can no longer be used by pages of its origin. */
  lose(code: LossCode = 'UNAUTHENTICATED'): void {
    if (this.over) return;
    this.over = true;
    const error = { message: LOSSES[code], extensions: { code } };
    for (const subscriber of [...this.subscribers]) subscriber.fail([error]);
    this.#lost(code);
  }
}
