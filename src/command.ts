import type { Transaction } from 'kysely';
import type { Tables } from '../db/tables/tables.ts';
import { authorize } from './access/authorize.ts';
import type { Principal } from './access/principal.ts';
import { type AuditRecord, type EarlierChange, recordChanges, repeatChanges } from './audit/record.ts';
import type { ChangeEvent } from './changes/events.ts';
import type { Propagation } from './cluster/bus.ts';
import type { Context } from './context.ts';
import { NotFoundError, UnauthenticatedError } from './core/errors.ts';

export { authorize, authorizeSomewhere } from './access/authorize.ts';

/** Context of a change. All its queries go through `tx`. */
export interface Change {
  readonly tx: Transaction<Tables>;
  /** Time of the change, milliseconds: of the last lock, or of its start if it has locked nothing. */
  readonly now: number;
  /** Locks the organization against other changes until the end of the transaction. */
  lock(organizationId: string): Promise<void>;
  /** Adds a row to the audit log; the actor is the caller unless another is named. */
  audit(record: Omit<AuditRecord, 'actor'> & { actor?: string }): void;
  /** Awaits the propagation of an earlier change again, in a locked organization. Nothing is recorded. */
  repeat(change: EarlierChange): void;
}

/** Context of an authorized change in one organization. */
export interface PermittedChange extends Change {
  /** The caller with its current permissions, which can't change while the organization is locked. */
  readonly principal: Principal;
}

/** Result of a change and its propagation. */
export interface Outcome<T> {
  readonly result: T;
  readonly propagation: Propagation;
}

/**
 * A change in one organization: checks the permission, opens the transaction, locks the organization, runs `work`,
 * writes the audit entries, and announces them after the commit. The permission is checked again under the lock, so
 * that a removed permission takes effect immediately. Throws UnauthenticatedError, NotFoundError (for an organization
 * that the caller doesn't belong to), ForbiddenError, and the errors of `work`.
 */
export function command<T>(
  ctx: Context,
  needs: { organizationId: string; permission: string },
  work: (change: PermittedChange) => Promise<T>,
): Promise<Outcome<T>> {
  authorize(ctx, needs.organizationId, needs.permission);
  return write(ctx, async (change) => {
    await change.lock(needs.organizationId);
    const principal = await callerNow(ctx, change.tx);
    authorize({ principal }, needs.organizationId, needs.permission);
    return work({ ...change, principal });
  });
}

/** Reloads the caller inside a transaction that has locked the organizations concerned. */
export async function callerNow(ctx: Context, tx: Transaction<Tables>): Promise<Principal> {
  const { principal, refreshPrincipal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  const now = refreshPrincipal ? await refreshPrincipal(tx) : principal;
  if (!now) throw new UnauthenticatedError(true);
  return now;
}

/** `command` without the permission check, for sign-in: holding a token is the permission. */
export async function write<T>(ctx: Context, work: (change: Change) => Promise<T>): Promise<Outcome<T>> {
  const records: AuditRecord[] = [];
  const earlier: EarlierChange[] = [];
  let now = ctx.clock.now();
  const done = await ctx.db.transaction().execute(async (tx) => {
    const result = await work({
      tx,
      get now() {
        return now;
      },
      lock: async (organizationId) => {
        await lock(tx, organizationId);
        // The lock may have taken long, so expired objects must be treated as expired.
        now = ctx.clock.now();
      },
      audit: (record) => {
        const actor = record.actor ?? ctx.principal?.actor;
        if (!actor) throw new UnauthenticatedError();
        records.push({ ...record, actor });
      },
      repeat: (change) => earlier.push(change),
    });
    const repeated = await repeatChanges(tx, earlier, now);
    const events: ChangeEvent[] = [...repeated, ...(await recordChanges(tx, records, now, ctx.client))];
    await ctx.bus.prepare(tx, events);
    return { result, events };
  });
  const propagation = await ctx.bus.announce(done.events);
  return { result: done.result, propagation };
}

async function lock(tx: Transaction<Tables>, organizationId: string): Promise<void> {
  // A write, so that SQLite takes its lock immediately and PostgreSQL locks the row.
  const { numUpdatedRows } = await tx
    .updateTable('organization_sequences')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new NotFoundError(organizationId, 'organization');
}
