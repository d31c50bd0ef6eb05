import { write } from '../command.ts';
import type { Attempt, Context, DeniedAttempts } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { FixedWindows } from '../core/fixed-windows.ts';
import { idType } from '../core/ids.ts';

const WINDOW_MS = 60_000;

/** Attempts recorded per minute of one caller, and of one organization. */
const PER_CALLER = 10;
const PER_ORGANIZATION = 60;

/** Attempts that wait to be written at the same time; more are dropped. */
const WAITING_MAX = 100;

/** Where the objects that mutations name are stored. */
const TABLES = { key: 'api_keys', role: 'roles', team: 'teams', mem: 'memberships' } as const;

/** Records denied attempts in the organization of the caller, within limits, so that nobody can flood its audit log. */
export function recordDeniedAttempts(clock: Clock): DeniedAttempts {
  const windows = new FixedWindows(clock);
  const waiting = new Set<Promise<void>>();

  const take = (name: string, limit: number): boolean => {
    const window = windows.begin(name, limit, WINDOW_MS);
    window.count += 1;
    return window.count <= limit;
  };

  const save = async (ctx: Context, attempt: Attempt): Promise<void> => {
    const place = await placeOf(ctx, attempt);
    if (!place || !take(place.organizationId, PER_ORGANIZATION)) return;
    await write(ctx, async (change) => {
      await change.lock(place.organizationId);
      change.audit({ ...place, action: attempt.action, changes: {} });
    });
  };

  return {
    record(ctx, attempt) {
      const { principal, log } = ctx;
      if (!principal || waiting.size >= WAITING_MAX || !take(principal.actor, PER_CALLER)) return;
      const work = save(ctx, attempt)
        .catch((error: unknown) => log.warn('A denied attempt could not be recorded', { error }))
        .finally(() => waiting.delete(work));
      waiting.add(work);
    },
    async stop() {
      await Promise.all(waiting);
    },
  };
}

/**
 * The organization whose log the attempt belongs in, and its target there: never an organization that the caller is no
 * part of, and no target of another one. Null where no organization can be told.
 */
async function placeOf(
  ctx: Context,
  attempt: Attempt,
): Promise<{ organizationId: string; targetId: string } | null> {
  const { principal } = ctx;
  if (!principal) return null;
  const owner = attempt.targetId === null ? null : await organizationOf(ctx, attempt.targetId);
  if (owner !== null && principal.isOf(owner))
    return { organizationId: owner, targetId: attempt.targetId ?? '' };
  const named = attempt.organizationId;
  if (named !== null && idType(named) === 'org' && principal.isOf(named))
    return { organizationId: named, targetId: '' };
  if (!('organizationIds' in principal)) return null;
  const [only, ...others] = principal.organizationIds;
  return only !== undefined && others.length === 0 ? { organizationId: only, targetId: '' } : null;
}

async function organizationOf({ db }: Context, id: string): Promise<string | null> {
  const type = idType(id);
  if (type === 'org') return id;
  if (type === 'sec') {
    const secret = await db
      .selectFrom('api_key_secrets')
      .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
      .select('api_keys.organization_id as owner')
      .where('api_key_secrets.id', '=', id)
      .executeTakeFirst();
    return secret?.owner ?? null;
  }
  const table = type && type in TABLES ? TABLES[type as keyof typeof TABLES] : null;
  if (!table) return null;
  const row = await db.selectFrom(table).select('organization_id').where('id', '=', id).executeTakeFirst();
  return row?.organization_id ?? null;
}
