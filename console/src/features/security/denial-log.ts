import type { DenialsSubscription, VerificationCode } from '../../generated/graphql.ts';

/** A denied verification, as the API reports it. */
export type Denial = DenialsSubscription['apiKeyDenied'];

/** The key of a denied verification; null: an unknown key. */
export type DeniedKey = NonNullable<Denial['apiKey']> | null;

/** Denials of one key for one reason from one address. */
export interface Attempt {
  readonly key: DeniedKey;
  readonly code: VerificationCode;
  /** Null: not provided. */
  readonly ip: string | null;
  readonly count: number;
  /** Time of the newest. */
  readonly lastSeen: string;
}

/** Denied verifications since the log was started, or since the connection was back. */
export interface Denials {
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  /** All, including those before the connection was lost. */
  readonly total: number;
  /** Milliseconds since the epoch. Attempts before it are not part of `attempts`. */
  readonly since: number;
  /** How often the connection was lost. */
  readonly gaps: number;
}

/** Maximum number of distinct attempts kept. Beyond it, the least recently seen are dropped. */
const ATTEMPTS_MAX = 2_000;

/** During an attack with many keys, rendering is batched. */
const DRAW_MS = 200;

/** Counts denials by key, reason and address, within bounds. */
export class DenialLog {
  /** In the order in which they were last seen. */
  readonly #attempts = new Map<string, Attempt>();
  readonly #watchers = new Set<() => void>();
  #shown: Denials;
  #total = 0;
  #gaps = 0;
  #since: number;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(since: number) {
    this.#since = since;
    this.#shown = { attempts: [], total: 0, since, gaps: 0 };
  }

  /** Counts a denial. */
  add({ apiKey, code, ip, count, occurredAt }: Denial): void {
    const id = `${apiKey?.id ?? ''} ${code} ${ip ?? ''}`;
    const before = this.#attempts.get(id)?.count ?? 0;
    this.#attempts.delete(id);
    this.#attempts.set(id, {
      key: apiKey ?? null,
      code,
      ip: ip ?? null,
      count: before + count,
      lastSeen: occurredAt,
    });
    this.#total += count;
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > ATTEMPTS_MAX && oldest !== undefined) this.#attempts.delete(oldest);
    this.#drawSoon();
  }

  /** Records that denials before `since` may have been missed: the list begins again. */
  miss(since: number): void {
    this.#gaps += 1;
    this.#since = since;
    this.#attempts.clear();
    this.#drawSoon();
  }

  /** Calls back after changes, until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  readonly denials = (): Denials => this.#shown;

  #drawSoon(): void {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#shown = {
        attempts: [...this.#attempts.values()].reverse(),
        total: this.#total,
        since: this.#since,
        gaps: this.#gaps,
      };
      for (const changed of this.#watchers) changed();
    }, DRAW_MS);
  }
}
