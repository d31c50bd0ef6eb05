import type { Principal } from '../../access/principal.ts';
import type { ChangeLog } from '../../changes/change-log.ts';
import { type ChangeEvent, isDenied } from '../../changes/events.ts';
import type { Services } from '../../context.ts';
import { Paced } from '../../core/paced.ts';
import { admitsOrigin } from '../../organizations/admits-origin.ts';
import { stillValidOperatorTokens, stillValidSessions } from '../../sessions/still-valid.ts';
import { stillValidSecrets } from '../../verification-host/still-valid.ts';
import { refreshPrincipal } from '../refresh-principal.ts';
import type { Caller } from './caller.ts';

/** How often credentials are checked for expiry, which is not a change in the log. */
const LOOK_INTERVAL_MS = 500;

type WatchServices = Pick<Services, 'db' | 'clock' | 'log' | 'config'> & {
  readonly changes: Pick<ChangeLog, 'observe'>;
};

/**
 * Keeps the subscriptions of callers in step with their permissions. A change that may concern a caller suspends it
 * immediately, and its credential is read again. The events themselves require no query.
 */
export class CallerWatch {
  readonly #services: WatchServices;
  readonly #changed: (caller: Caller) => void;
  readonly #callers = new Set<Caller>();
  readonly #reading = new Map<Caller, { again: boolean }>();
  /** Suspended callers whose credentials could not be read. */
  readonly #waiting = new Set<Caller>();
  /** By organization, the function that stops observing its changes. */
  readonly #observed = new Map<string, () => void>();
  readonly #looks = new Paced(0, () => this.#look());
  #timer: NodeJS.Timeout | null = null;

  /** `changed` is called when a suspended caller's permissions are known again. */
  constructor(services: WatchServices, changed: (caller: Caller) => void) {
    this.#services = services;
    this.#changed = changed;
  }

  stop(): void {
    this.#callers.clear();
    this.#looks.stop();
    this.#rest();
  }

  add(caller: Caller): void {
    this.#callers.add(caller);
    this.#observe(caller.principal);
    // Changes since the caller's authentication were missed.
    this.#suspend(caller);
    this.#timer ??= setInterval(() => this.#looks.ask(), LOOK_INTERVAL_MS).unref();
  }

  /** Re-reads a caller's credential, which may have changed. */
  renew(caller: Caller): void {
    if (this.#callers.has(caller)) this.#suspend(caller);
  }

  remove(caller: Caller): void {
    this.#callers.delete(caller);
    this.#waiting.delete(caller);
    if (this.#callers.size === 0) this.#rest();
  }

  /** Number of watched callers. */
  get size(): number {
    return this.#callers.size;
  }

  #observe(principal: Principal): void {
    for (const organizationId of organizationsOf(principal)) {
      if (this.#observed.has(organizationId)) continue;
      const suspend = (isConcerned: (caller: Caller) => boolean): void => {
        for (const caller of this.#callers) if (isConcerned(caller)) this.#suspend(caller);
      };
      const stop = this.#services.changes.observe(organizationId, {
        changed: (change) => suspend((own) => concerns(change, own)),
        reset: () => suspend(({ principal: own }) => own.isOf(organizationId)),
      });
      this.#observed.set(organizationId, stop);
    }
  }

  #suspend(caller: Caller): void {
    caller.suspend();
    const reading = this.#reading.get(caller);
    if (reading) reading.again = true;
    else void this.#read(caller);
  }

  async #read(caller: Caller): Promise<void> {
    const reading = { again: false };
    this.#reading.set(caller, reading);
    try {
      let principal: Principal | null;
      let isAdmitted = true;
      do {
        reading.again = false;
        isAdmitted = true;
        principal = await refreshPrincipal(this.#services, caller.principal, caller.ip);
        if (principal && caller.origin !== null)
          isAdmitted = await admitsOrigin(this.#services, principal, caller.origin);
      } while (reading.again);
      if (!this.#callers.has(caller)) return;
      if (principal && isAdmitted) {
        caller.principal = principal;
        this.#observe(principal);
        this.#changed(caller);
      } else {
        this.remove(caller);
        caller.lose(isAdmitted ? 'UNAUTHENTICATED' : 'FORBIDDEN');
      }
    } catch (error) {
      if (!this.#callers.has(caller)) return;
      this.#waiting.add(caller);
      this.#services.log.warn('A credential could not be read; its subscriptions are paused', { error });
    } finally {
      this.#reading.delete(caller);
    }
  }

  async #look(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const caller of waiting) this.#suspend(caller);
    this.#leaveUnobserved();
    try {
      const ended = await endedCredentials(this.#services, [...this.#callers]);
      for (const caller of ended) this.#suspend(caller);
    } catch (error) {
      if (this.#callers.size > 0)
        this.#services.log.warn('Credentials could not be checked and will be retried', { error });
    }
  }

  /** Stops observing organizations without callers. */
  #leaveUnobserved(): void {
    const wanted = new Set([...this.#callers].flatMap(({ principal }) => organizationsOf(principal)));
    for (const [organizationId, stop] of this.#observed) {
      if (wanted.has(organizationId)) continue;
      stop();
      this.#observed.delete(organizationId);
    }
  }

  /** There are no watched callers. */
  #rest(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#leaveUnobserved();
  }
}

const CREDENTIALS_PER_READ = 500;

/** Callers whose credential has expired or was revoked, with a few queries per kind. */
async function endedCredentials(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  callers: readonly Caller[],
): Promise<Caller[]> {
  const kinds = [
    {
      idOf: ({ principal }: Caller) => (principal.kind === 'user' ? principal.sessionId : null),
      find: stillValidSessions,
    },
    {
      idOf: ({ principal }: Caller) => (principal.kind === 'key' ? principal.secretId : null),
      find: stillValidSecrets,
    },
    {
      idOf: ({ principal }: Caller) => (principal.kind === 'operator' ? principal.tokenId : null),
      find: stillValidOperatorTokens,
    },
  ];
  const ended: Caller[] = [];
  for (const { idOf, find } of kinds) {
    const ids = [...new Set(callers.map(idOf).filter((id) => id !== null))];
    const valid = new Set<string | null>([null]);
    for (let at = 0; at < ids.length; at += CREDENTIALS_PER_READ) {
      for (const id of await find(db, clock.now(), ids.slice(at, at + CREDENTIALS_PER_READ))) valid.add(id);
    }
    ended.push(...callers.filter((caller) => !valid.has(idOf(caller))));
  }
  return ended;
}

/** An operator's permissions depend on no organization's changes. */
function organizationsOf(principal: Principal): readonly string[] {
  return 'organizationIds' in principal ? principal.organizationIds : [];
}

/** Changes that never affect permissions. */
const HARMLESS: readonly (string | undefined)[] = ['team', 'identity', 'sign_in_link'];

/**
 * Whether a change can affect a caller's permissions. Keys and sessions: only its own. Roles and members: possibly. The
 * organization itself: only callers from web origins, because it may no longer allow them.
 */
function concerns({ action, targetId, organizationId }: ChangeEvent, { principal, origin }: Caller): boolean {
  // Denials can be triggered at will, so they never cause a re-read.
  if (isDenied(action)) return false;
  const [what] = action.split('.');
  if (what === 'session') return principal.kind === 'user' && principal.sessionId === targetId;
  if (what === 'api_key') return principal.actor === targetId;
  if (what === 'organization' && origin === null) return false;
  if (HARMLESS.includes(what)) return false;
  return 'organizationIds' in principal && principal.isOf(organizationId);
}
