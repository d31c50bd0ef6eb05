import { keyScopeOf } from '../access/key-scope.ts';
import type { Action, ChangeEvent, DenialEvent, UseEvent } from '../changes/events.ts';
import type { Receiver } from '../changes/receiver.ts';
import { authorize } from '../command.ts';
import { AppError, NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { isProvided } from '../core/provided.ts';
import { keysInScope } from '../keys/api-key.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { resolveOrganizationId } from '../organizations/resolve-organization.ts';
import type { Counted } from './channels.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Live } from './live.ts';
import { readRecentlyUsed, type UsePlace } from './recently-used.ts';
import { scopedSource } from './scoped-source.ts';
import type { Source } from './source.ts';

export type LiveContext = KeysContext & { readonly live: Live };

const PERMISSION = 'api.key.view';

/** Maximum number of keys in a subscription's filter. */
const KEYS_MAX = 500;

const INTERVAL_MIN_MS = 100;
const INTERVAL_MAX_MS = 60_000;
const INTERVAL_DEFAULT_MS = 1_000;

/** The actions that change a key's life cycle, with their names in subscriptions. */
export const CHANGE_TYPES = {
  'api_key.created': 'CREATED',
  'api_key.updated': 'UPDATED',
  'api_key.rotated': 'ROTATED',
  'api_key.secret_revoked': 'SECRET_REVOKED',
  'api_key.revoked': 'REVOKED',
  'api_key.expired': 'EXPIRED',
} as const satisfies Partial<Record<Action, string>>;

export type ChangeType = (typeof CHANGE_TYPES)[keyof typeof CHANGE_TYPES];

/** The type of a change, or null if it doesn't concern a key's life cycle. */
export function changeTypeOf(action: Action): ChangeType | null {
  return (CHANGE_TYPES as Partial<Record<Action, ChangeType>>)[action] ?? null;
}

interface Scope {
  readonly organizationId?: string | null | undefined;
  readonly apiKeyIds?: readonly string[] | null | undefined;
}

/** For events of which only the newest counts. Created once: every subscriber keeps its source's values. */
const ONLY_NEWEST = {
  permission: PERMISSION,
  conflate: { group: ({ key }: Counted<unknown>): string => key, merge },
  cursorOf: () => null,
} as const;

/** Every change of keys, in order and without gaps. Requires `api.key.view`. */
export async function changedSource(
  ctx: LiveContext,
  args: Scope & { types?: readonly ChangeType[] | null | undefined; after?: string | null | undefined },
): Promise<Source<ChangeEvent>> {
  const { organizationId, keyIds } = await resolveScope(ctx, args);
  const after = isProvided(args.after) ? decodeCursor(args.after, organizationId) : null;
  const types = args.types ? new Set(args.types) : null;
  const source: Source<ChangeEvent> = {
    organizationId,
    permission: PERMISSION,
    conflate: null,
    cursorOf: cursorOfChange,
    open: (receiver) =>
      ctx.changes.follow({
        ...receiver,
        organizationId,
        keyIds,
        after,
        receive: (change) => {
          const type = changeTypeOf(change.action);
          if (type && (!types || types.has(type))) receiver.receive(change);
        },
      }),
  };
  return scopedSource(source, { db: ctx.db, scope: keyScopeOf(ctx), keyOf: ({ targetId }) => targetId });
}

/** Uses of keys, at most one per key and interval. Requires `api.key.view`. */
export async function usedSource(
  ctx: LiveContext,
  args: Scope & { minIntervalMs?: number | null | undefined; since?: number | null | undefined },
): Promise<Source<Counted<UseEvent>>> {
  const { organizationId, keyIds } = await resolveScope(ctx, args);
  const intervalMs = args.minIntervalMs ?? INTERVAL_DEFAULT_MS;
  if (intervalMs < INTERVAL_MIN_MS || intervalMs > INTERVAL_MAX_MS) {
    throw new AppError('BAD_USER_INPUT', `minIntervalMs is ${INTERVAL_MIN_MS} to ${INTERVAL_MAX_MS}`);
  }
  const name = JSON.stringify([keyIds, intervalMs]);
  const interest = { organizationId, keyIds, intervalMs, name, wants: () => true };
  const source: Source<Counted<UseEvent>> = {
    organizationId,
    ...ONLY_NEWEST,
    open: async ({ receive, ready, stopped }) => {
      if (!isProvided(args.since)) return ctx.live.uses.join(interest, receive);
      // Live events wait until then, so that a key's past never follows its present.
      const meanwhile = new Map<string, Counted<UseEvent>>();
      const present = new Map<string, UseEvent>();
      let live = false;
      const leave = ctx.live.uses.join(interest, (event) => {
        if (live) receive(event);
        else meanwhile.set(event.key, merge(meanwhile.get(event.key), event));
      });
      const send = (use: UseEvent): boolean => {
        const event = { key: use.keyId, newest: use, count: 0 };
        // Each key once: with busy keys, a slow reader would never finish.
        if (present.has(use.keyId)) {
          const waiting = meanwhile.get(use.keyId) ?? event;
          if (waiting.newest.at <= use.at) meanwhile.set(use.keyId, { ...event, count: waiting.count });
          return false;
        }
        present.set(use.keyId, use);
        receive(event);
        return true;
      };
      try {
        await sendRecent(ctx, organizationId, keyIds, args.since, { send, ready, stopped });
      } catch (error) {
        leave();
        throw error;
      }
      live = true;
      for (const event of meanwhile.values()) {
        const known = present.get(event.key);
        receive(known && known.at > event.newest.at ? { ...event, newest: known } : event);
      }
      // They would be retained as long as the subscription.
      meanwhile.clear();
      present.clear();
      return leave;
    },
  };
  return scopedSource(source, { db: ctx.db, scope: keyScopeOf(ctx), keyOf: ({ newest }) => newest.keyId });
}

/** Denied verifications, at most one event a second per key and code. Requires `api.key.view`. */
export async function deniedSource(
  ctx: LiveContext,
  args: Scope & { codes?: readonly string[] | null | undefined },
): Promise<Source<Counted<DenialEvent>>> {
  const { organizationId, keyIds } = await resolveScope(ctx, args);
  const codes = args.codes ? [...new Set(args.codes)].sort() : null;
  const name = JSON.stringify([keyIds, codes]);
  const wants = (denial: DenialEvent): boolean => !codes || codes.includes(denial.code);
  const source: Source<Counted<DenialEvent>> = {
    organizationId,
    ...ONLY_NEWEST,
    open: async ({ receive }) =>
      ctx.live.denials.join(
        { organizationId, keyIds, intervalMs: INTERVAL_DEFAULT_MS, name, wants },
        receive,
      ),
  };
  return scopedSource(source, { db: ctx.db, scope: keyScopeOf(ctx), keyOf: ({ newest }) => newest.keyId });
}

async function sendRecent(
  ctx: LiveContext,
  organizationId: string,
  keyIds: readonly string[] | null,
  since: number,
  to: Pick<Receiver<UseEvent>, 'ready' | 'stopped'> & { send(use: UseEvent): boolean },
): Promise<void> {
  await flushUsage(ctx);
  const read = (from: UsePlace) => {
    const reading = readRecentlyUsed(ctx, organizationId, keyIds, from);
    // Awaited only after the previous read was sent.
    reading.catch(() => {});
    return reading;
  };
  // A use at exactly `since` counts, so the first position is the end of the previous millisecond.
  let next = read({ at: since - 1, keyId: '~' });
  let room = 1;
  while (!to.stopped()) {
    const uses = await next;
    const last = uses.at(-1);
    if (!last) return;
    next = read({ at: last.at, keyId: last.keyId });
    for (const use of uses) {
      if (to.stopped()) return;
      if (!to.send(use)) continue;
      room -= 1;
      if (room <= 0) room = await to.ready();
    }
  }
}

async function resolveScope(
  ctx: LiveContext,
  args: Scope,
): Promise<{ organizationId: string; keyIds: readonly string[] | null }> {
  const organizationId = resolveOrganizationId(ctx, args.organizationId, ['organizationId']);
  authorize(ctx, organizationId, PERMISSION);
  if (!args.apiKeyIds) return { organizationId, keyIds: null };
  const keyIds = [...new Set(args.apiKeyIds)].sort();
  if (keyIds.length > KEYS_MAX) throw new AppError('BAD_USER_INPUT', `apiKeyIds: at most ${KEYS_MAX}`);
  await requireKeys(ctx, organizationId, keyIds);
  return { organizationId, keyIds };
}

/** A missing key would leave its subscriber waiting forever, so it is an error. */
async function requireKeys(
  ctx: LiveContext,
  organizationId: string,
  keyIds: readonly string[],
): Promise<void> {
  const wellFormed = keyIds.filter((id) => isId('key', id));
  const rows = wellFormed.length
    ? await keysInScope(ctx.db, keyScopeOf(ctx))
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', 'in', wellFormed)
        .execute()
    : [];
  const found = new Set(rows.map((row) => row.id));
  const missing = keyIds.find((id) => !found.has(id));
  if (missing !== undefined) throw new NotFoundError(missing, 'API key');
}

function cursorOfChange(change: ChangeEvent): string {
  return encodeCursor(change.organizationId, change.sequence);
}

function merge<V>(older: Counted<V> | undefined, newer: Counted<V>): Counted<V> {
  return older ? { ...newer, count: older.count + newer.count } : newer;
}
