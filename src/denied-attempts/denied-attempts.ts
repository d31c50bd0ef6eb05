import { holdsManagement } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import { write } from '../command.ts';
import type { Context } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { FixedWindows } from '../core/fixed-windows.ts';
import type { Attempt, DeniedAttempts } from './attempt.ts';
import { onlyOrganization, placeOf } from './attempt-place.ts';
import { OmittedAttempts } from './omitted-attempts.ts';

const WINDOW_MS = 60_000;

/** Maximum number of attempts recorded per minute for one caller, and for one organization. */
const PER_CALLER = 10;
const PER_ORGANIZATION = 60;

/** Share of these for callers without any management permission, so that they can't use up the rest. */
const WITHOUT_MANAGEMENT = 20;

/**
 * Maximum number of callers whose first attempt in a minute is recorded even if the organization's limit is reached.
 */
const FIRST_ONES = 60;

/** Maximum number of attempts waiting to be written; further ones are omitted. */
const WAITING_MAX = 100;

/** Records denied attempts in the organization of the caller, within limits, so that no one can flood its audit log. */
export function recordDeniedAttempts(clock: Clock): DeniedAttempts {
  const windows = new FixedWindows(clock);
  const omitted = new OmittedAttempts(clock);
  const waiting = new Set<Promise<void>>();

  const take = (name: string, limit: number): boolean => {
    const window = windows.begin(name, limit, WINDOW_MS);
    window.count += 1;
    return window.count <= limit;
  };

  const isWithin = ({ actor, permissionsIn }: Principal, organizationId: string): boolean => {
    const manages = holdsManagement(permissionsIn(organizationId));
    if (!manages && !take(`${organizationId} others`, WITHOUT_MANAGEMENT)) return false;
    if (take(organizationId, PER_ORGANIZATION)) return true;
    return (
      manages && take(`${organizationId} ${actor}`, 1) && take(`${organizationId} first ones`, FIRST_ONES)
    );
  };

  const save = async (ctx: Context, principal: Principal, attempt: Attempt, allowed: boolean) => {
    const place = await placeOf(ctx, attempt);
    if (!place) return;
    const { organizationId } = place;
    if (!allowed || !isWithin(principal, organizationId)) {
      omitted.add(ctx, organizationId);
      return;
    }
    await write(ctx, async (change) => {
      await change.lock(organizationId);
      change.audit({ ...place, action: attempt.action, changes: {} });
    });
    await omitted.write();
  };

  return {
    record(ctx, attempt) {
      const { principal, log } = ctx;
      if (!principal) return;
      const allowed = take(principal.actor, PER_CALLER) && waiting.size < WAITING_MAX;
      // Without a query if that can't reveal anything.
      const only = onlyOrganization(principal);
      if (!allowed && only !== null) omitted.add(ctx, only);
      if (!allowed && (only !== null || waiting.size >= WAITING_MAX)) return;
      const work = save(ctx, principal, attempt, allowed)
        .catch((error: unknown) => log.warn('A denied attempt could not be recorded', { error }))
        .finally(() => waiting.delete(work));
      waiting.add(work);
    },
    async stop() {
      await Promise.all(waiting);
      await omitted.stop();
    },
  };
}
