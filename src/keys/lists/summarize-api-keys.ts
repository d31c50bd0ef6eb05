import { type Expression, type SqlBool, sql } from 'kysely';
import { authorize } from '../../access/authorize.ts';
import { type KeyScope, keyScopeOf } from '../../access/key-scope.ts';
import type { Organization } from '../../organizations/organization.ts';
import { organizationById } from '../../organizations/organization.ts';
import { keysInScope } from '../api-key.ts';
import { flushUsage } from '../flush-usage.ts';
import type { KeysContext } from '../pending-usage.ts';
import { hasStatus, isRotationDue, isUnusedSince } from './api-key-filter.ts';
import { type AttentionCounts, countAttention, SOON_MS, UNUSED_MS } from './attention-counts.ts';
import { countKeys, type KeyCounts } from './key-counts.ts';

/** Key counts of an organization. Each key counts in exactly one of the first four. */
export type ApiKeySummary = Omit<KeyCounts, 'early'> & AttentionCounts;

/**
 * Counts the organization's keys that the caller can see. Requires `api.key.view`. Uses stored counts if the caller
 * can see all of them, and reads the keys if it is limited to teams.
 */
export async function summarizeApiKeys(ctx: KeysContext, organizationId: string): Promise<ApiKeySummary> {
  authorize(ctx, organizationId, 'api.key.view');
  const organization = await organizationById(ctx.db, organizationId);
  await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  if (scope) return summarizeInScope(ctx, organization, scope);
  const now = ctx.clock.now();
  const counts = (await countKeys(ctx.db, [organizationId], now)).get(organizationId);
  if (!counts) throw new Error(`The keys of ${organizationId} were not counted`);
  const { early, ...byStatus } = counts;
  const reader = await ctx.scans.reader(ctx.db, 'api_keys', organizationId);
  const attention = await countAttention(reader, organization, now);
  return { ...byStatus, ...(early > 0 ? atLeast(attention) : attention) };
}

/** Keys whose expiry is recorded but not due are active, and not among them. */
function atLeast({ unused, rotationOverdue, expiringSoon }: AttentionCounts): AttentionCounts {
  return {
    unused: { ...unused, isExact: false },
    rotationOverdue: { ...rotationOverdue, isExact: false },
    expiringSoon: { ...expiringSoon, isExact: false },
  };
}

async function summarizeInScope(
  ctx: KeysContext,
  { id, rotationPolicy }: Organization,
  scope: KeyScope,
): Promise<ApiKeySummary> {
  const now = ctx.clock.now();
  const db = await ctx.scans.reader(ctx.db, 'api_keys', id);
  const { unused, rotationOverdue, expiringSoon, ...byStatus } = await keysInScope(db, scope)
    .where('api_keys.organization_id', '=', id)
    .select((eb) => {
      const active = hasStatus(eb, 'ACTIVE', now);
      return [
        countOf(active).as('active'),
        countOf(hasStatus(eb, 'DISABLED', now)).as('disabled'),
        countOf(hasStatus(eb, 'EXPIRED', now)).as('expired'),
        countOf(hasStatus(eb, 'REVOKED', now)).as('revoked'),
        countOf(eb.and([active, isUnusedSince(eb, now - UNUSED_MS)])).as('unused'),
        countOf(eb.and([active, isRotationDue(eb, rotationPolicy, now)])).as('rotationOverdue'),
        countOf(eb.and([active, eb('api_keys.expires_at', '<=', now + SOON_MS)])).as('expiringSoon'),
      ];
    })
    .executeTakeFirstOrThrow();
  const exactly = (count: number) => ({ count: Number(count), isExact: true });
  return {
    ...byStatus,
    unused: exactly(unused),
    rotationOverdue: exactly(rotationOverdue),
    expiringSoon: exactly(expiringSoon),
  };
}

/** Number of rows that match the condition. 0 without any rows. */
function countOf(condition: Expression<SqlBool>) {
  return sql<number>`count(case when ${condition} then 1 end)`;
}
