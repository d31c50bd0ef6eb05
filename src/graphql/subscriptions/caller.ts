import type { Principal } from '../../access/principal.ts';
import type { Subscriber } from './subscriber.ts';

/** Someone with subscriptions: one WebSocket, or one event stream. */
export class Caller {
  readonly subscribers = new Set<Subscriber>();
  /** As it was when the credential was last looked at. */
  principal: Principal;
  /** The address the credential came from. */
  readonly ip: string | null;
  readonly #lost: () => void;

  /** `lost` is called once, after the subscriptions ended, when the credential is no longer accepted. */
  constructor(principal: Principal, ip: string | null, lost: () => void) {
    this.principal = principal;
    this.ip = ip;
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

  /** Ends everything: the credential is gone. */
  lose(): void {
    if (this.over) return;
    this.over = true;
    const error = {
      message: 'The credential is no longer valid',
      extensions: { code: 'UNAUTHENTICATED' },
    };
    for (const subscriber of [...this.subscribers]) subscriber.fail([error]);
    this.#lost();
  }
}
