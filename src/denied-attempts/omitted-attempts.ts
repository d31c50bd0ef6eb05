import { systemPrincipal } from '../access/principal.ts';
import { write } from '../command.ts';
import type { Context } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';

/** Interval in which attempts are counted together, milliseconds. */
const WINDOW_MS = 60_000;

interface Omitted {
  /** When the first of them occurred, and the services to write with. */
  readonly ctx: Context;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly count: number;
  /** When the count is written, by the monotonic clock. */
  readonly dueAt: number;
}

/**
 * Counts the denied attempts that each organization's audit log omits, and records the number a minute after the first,
 * or when the server stops. A number that can't be written is kept for the next attempt.
 */
export class OmittedAttempts {
  readonly #clock: Clock;
  /** By organization, in due order. */
  readonly #counts = new Map<string, Omitted>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an omitted attempt of an organization. */
  add(ctx: Context, organizationId: string): void {
    this.#keep(organizationId, { ctx, since: this.#clock.now(), count: 1 });
  }

  /** Writes the counts that are due. Never rejects. */
  async write(): Promise<void> {
    await this.#write(() => this.#clock.monotonic());
  }

  /** Writes all counts without waiting until they are due. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#write(() => Number.POSITIVE_INFINITY);
  }

  #keep(organizationId: string, { ctx, since, count }: Omit<Omitted, 'dueAt'>): void {
    const known = this.#counts.get(organizationId);
    this.#counts.set(organizationId, {
      ctx: known?.ctx ?? ctx,
      since: Math.min(known?.since ?? since, since),
      count: (known?.count ?? 0) + count,
      dueAt: known?.dueAt ?? this.#clock.monotonic() + WINDOW_MS,
    });
    this.#wait();
  }

  #wait(): void {
    const [first] = this.#counts.values();
    if (this.#timer || !first || this.#isStopped) return;
    const left = Math.max(1, Math.ceil(first.dueAt - this.#clock.monotonic()));
    this.#timer = setTimeout(() => void this.write(), left).unref();
  }

  /** Writes what is due by then, after the write in progress, so that stopping waits for both. */
  #write(by: () => number): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      for (const [organizationId, omitted] of [...this.#counts])
        if (omitted.dueAt <= by()) await this.#writeOne(organizationId);
      this.#wait();
    });
    return this.#writing;
  }

  async #writeOne(organizationId: string): Promise<void> {
    const omitted = this.#counts.get(organizationId);
    if (!omitted) return;
    this.#counts.delete(organizationId);
    const { ctx, count, since } = omitted;
    const client = { id: newId('evt'), ip: null, userAgent: null };
    const own = { ...ctx, principal: systemPrincipal('keywright'), client };
    try {
      await write(own, async (change) => {
        await change.lock(organizationId);
        const changes = { count: [null, count], since: [null, new Date(since).toISOString()] } as const;
        const action = 'organization.denied_attempts_omitted';
        change.audit({ organizationId, action, targetId: '', changes });
      });
    } catch (error) {
      ctx.log.warn('The number of omitted denied attempts could not be recorded', { error });
      this.#keep(organizationId, omitted);
    }
  }
}
