import { systemPrincipal } from '../access/principal.ts';
import { write } from '../command.ts';
import type { Context } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';

/** For how long attempts are counted together, milliseconds. */
const WINDOW_MS = 60_000;

interface Omitted {
  /** Of the first of them, with the services to write by. */
  readonly ctx: Context;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When it is written, by the monotonic clock. */
  readonly dueAt: number;
  count: number;
}

/**
 * Counts the denied attempts of each organization that its audit log omits, and writes their number into it: a minute after
 * the first, or when the server stops. A number that can't be written is kept for the next time.
 */
export class OmittedAttempts {
  readonly #clock: Clock;
  /** By organization. */
  readonly #counts = new Map<string, Omitted>();
  #timer: NodeJS.Timeout | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts attempts in an organization. */
  add(ctx: Context, organizationId: string, count = 1): void {
    const known = this.#counts.get(organizationId);
    if (known) known.count += count;
    else
      this.#counts.set(organizationId, {
        ctx,
        since: this.#clock.now(),
        dueAt: this.#clock.monotonic() + WINDOW_MS,
        count,
      });
    this.#wait();
  }

  /** Writes the numbers whose minute is over, or all of them. Never rejects. */
  async write({ all }: { readonly all: boolean }): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [organizationId, omitted] of [...this.#counts])
      if (all || omitted.dueAt <= this.#clock.monotonic()) await this.#writeOne(organizationId, omitted);
    if (this.#counts.size > 0) this.#wait();
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => void this.write({ all: false }), WINDOW_MS).unref();
  }

  async #writeOne(organizationId: string, omitted: Omitted): Promise<void> {
    // Of two that write at once, one does.
    if (this.#counts.get(organizationId) !== omitted) return;
    this.#counts.delete(organizationId);
    const { ctx, count, since } = omitted;
    const request = { id: newId('evt'), ip: null, userAgent: null };
    const own = { ...ctx, principal: systemPrincipal('keywright'), request };
    try {
      await write(own, async (change) => {
        await change.lock(organizationId);
        const changes = { count: [null, count], since: [null, new Date(since).toISOString()] } as const;
        const action = 'organization.denied_attempts_omitted';
        change.audit({ organizationId, action, targetId: '', changes });
      });
    } catch (error) {
      ctx.log.warn('The number of omitted denied attempts could not be recorded', { error });
      this.add(ctx, organizationId, count);
    }
  }
}
