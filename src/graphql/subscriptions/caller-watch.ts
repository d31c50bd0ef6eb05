import type { Principal } from '../../access/principal.ts';
import { readPositions } from '../../changes/change-log.ts';
import { type ChangeEvent, isDenied } from '../../changes/events.ts';
import { readChanges as readLog } from '../../changes/read-changes.ts';
import type { Services } from '../../context.ts';
import { Paced } from '../../core/paced.ts';
import { stillValidOperatorTokens, stillValidSessions } from '../../sessions/still-valid.ts';
import { stillValidSecrets } from '../../verification/still-valid.ts';
import { refreshPrincipal } from '../refresh-principal.ts';
import type { Caller } from './caller.ts';

/** How often credentials are looked at for what nobody announces: time running out, and other processes. */
const LOOK_INTERVAL_MS = 500;

/** Between two looks, however often it is said that something may have passed unheard, milliseconds. */
const LOOK_EVERY_MS = 100;

type WatchServices = Pick<Services, 'db' | 'bus' | 'clock' | 'log'>;

/**
 * Keeps what callers may see in step with what they may do. A change that could concern a caller suspends it at once and
 * has its credential read again; nothing is asked of the database for the events themselves.
 */
export class CallerWatch {
  readonly #services: WatchServices;
  readonly #changed: (caller: Caller) => void;
  readonly #callers = new Set<Caller>();
  readonly #reading = new Map<Caller, { again: boolean }>();
  /** Suspended, and their credentials could not be read. */
  readonly #waiting = new Set<Caller>();
  readonly #positions = new Map<string, number>();
  #leaveBus: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #looks = new Paced(LOOK_EVERY_MS, () => this.#look());

  /** `changed` is called when a suspended caller's rights are known again. */
  constructor(services: WatchServices, changed: (caller: Caller) => void) {
    this.#services = services;
    this.#changed = changed;
  }

  /** Must be called before anything else listens to the bus: rights are checked before events are passed on. */
  start(): void {
    const { bus } = this.#services;
    const leave = [
      bus.subscribe((event) => {
        if (event.type === 'change') this.#announced(event);
      }),
      // Where announcements may have passed unheard, the log has them.
      bus.onInvalidate(({ organizationId }) => {
        if (organizationId === null) this.#looks.ask();
      }),
    ];
    this.#leaveBus = () => {
      for (const one of leave) one();
    };
  }

  stop(): void {
    this.#leaveBus?.();
    this.#stopTimer();
    this.#looks.stop();
    this.#callers.clear();
  }

  add(caller: Caller): void {
    this.#callers.add(caller);
    // What changed between the caller's authentication and now has passed unnoticed.
    this.#suspend(caller);
    this.#timer ??= setInterval(() => this.#looks.ask(), LOOK_INTERVAL_MS).unref();
  }

  /** Has the credential of a caller read again, which may hold something else than is known here. */
  renew(caller: Caller): void {
    if (this.#callers.has(caller)) this.#suspend(caller);
  }

  remove(caller: Caller): void {
    this.#callers.delete(caller);
    this.#waiting.delete(caller);
    if (this.#callers.size === 0) this.#stopTimer();
  }

  /** How many callers are watched. */
  get size(): number {
    return this.#callers.size;
  }

  #announced(change: ChangeEvent): void {
    const position = this.#positions.get(change.organizationId);
    if (position !== undefined && change.sequence === position + 1) {
      this.#positions.set(change.organizationId, change.sequence);
    }
    for (const caller of this.#callers) if (concerns(change, caller.principal)) this.#suspend(caller);
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
      do {
        reading.again = false;
        principal = await refreshPrincipal(this.#services, caller.principal, caller.ip);
      } while (reading.again);
      if (!this.#callers.has(caller)) return;
      if (principal) {
        caller.principal = principal;
        this.#changed(caller);
      } else {
        this.remove(caller);
        caller.lose();
      }
    } catch (error) {
      if (!this.#callers.has(caller)) return;
      this.#waiting.add(caller);
      this.#services.log.warn('A credential could not be read; its subscriptions wait', { error });
    } finally {
      this.#reading.delete(caller);
    }
  }

  /** What other processes changed, and what time has ended. */
  async #look(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const caller of waiting) this.#suspend(caller);
    try {
      await this.#lookForChanges();
      const ended = await endedCredentials(this.#services, [...this.#callers]);
      for (const caller of ended) this.#suspend(caller);
    } catch (error) {
      if (this.#callers.size > 0)
        this.#services.log.warn('Credentials could not be looked at; it is tried again', { error });
    }
  }

  async #lookForChanges(): Promise<void> {
    const organizationIds = new Set<string>();
    for (const { principal } of this.#callers) {
      if ('organizationIds' in principal) for (const id of principal.organizationIds) organizationIds.add(id);
    }
    for (const id of this.#positions.keys()) if (!organizationIds.has(id)) this.#positions.delete(id);
    if (organizationIds.size === 0) return;
    const positions = await readPositions(this.#services.db, [...organizationIds]);
    for (const [organizationId, position] of positions) {
      const known = this.#positions.get(organizationId);
      if (known !== undefined && known >= position) continue;
      const suspects = await this.#suspects(organizationId, known, position);
      this.#positions.set(organizationId, position);
      for (const caller of suspects) this.#suspend(caller);
    }
  }

  /** Whose rights may have changed after `known`; undefined: nobody has looked since they came. */
  async #suspects(organizationId: string, known: number | undefined, position: number): Promise<Caller[]> {
    const changes = known === undefined ? [] : await readLog(this.#services.db, organizationId, known);
    const all = [...this.#callers].filter(({ principal }) => principal.isOf(organizationId));
    // What is not kept, or more than is read at once, may be anything.
    if (known === undefined || changes.length < position - known) return all;
    return all.filter(({ principal }) => changes.some((change) => concerns(change, principal)));
  }

  #stopTimer(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}

const CREDENTIALS_PER_READ = 500;

/** Callers whose credential has ended, each kind looked up in a few queries for all of them. */
async function endedCredentials({ db, clock }: WatchServices, callers: readonly Caller[]): Promise<Caller[]> {
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

/** What can change without anybody's rights changing with it. */
const HARMLESS: readonly (string | undefined)[] = ['organization', 'team', 'identity', 'sign_in_link'];

/** Whether a change can concern what a caller may do. Of keys and sessions only its own do; roles and members may. */
function concerns({ action, targetId, organizationId }: ChangeEvent, principal: Principal): boolean {
  // Everybody can be denied something as often as they like: nobody's rights are read again for that.
  if (isDenied(action)) return false;
  const [what] = action.split('.');
  if (what === 'session') return principal.kind === 'user' && principal.sessionId === targetId;
  if (what === 'api_key') return principal.actor === targetId;
  if (HARMLESS.includes(what)) return false;
  return 'organizationIds' in principal && principal.isOf(organizationId);
}
