import { type Expression, type SqlBool, sql } from 'kysely';
import { authorize } from '../access/authorize.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import type { Context } from '../context.ts';
import { DAY_MS, keysInScope } from './api-key.ts';
import { hasStatus, isRotationDue, isUnusedSince, type KeyExpressions } from './api-key-filter.ts';
import { flushUsage } from './flush-usage.ts';
import { keyOrganization } from './key-organization.ts';

/** How the keys of an organization stand: each key counts in one of the first four. */
export interface ApiKeySummary {
  readonly active: number;
  readonly disabled: number;
  readonly expired: number;
  readonly revoked: number;
  /** Active, and not used for 90 days (or never, and older than that). */
  readonly unused: number;
  /** Active, and past the day on which the rotation policy asks for a new secret. */
  readonly rotationOverdue: number;
  /** Active, and expiring within 7 days. */
  readonly expiringSoon: number;
}

const UNUSED_MS = 90 * DAY_MS;
const SOON_MS = 7 * DAY_MS;

/** Counts an organization's keys in one query, as far as they exist for the caller. Needs `api.key.view`. */
export async function summarizeApiKeys(ctx: Context, organizationId: string): Promise<ApiKeySummary> {
  authorize(ctx, organizationId, 'api.key.view');
  const { rotationPolicy } = await keyOrganization(ctx.db, organizationId);
  await flushUsage(ctx);
  const now = ctx.clock.now();
  const db = await ctx.scans.reader(ctx.db, 'api_keys', organizationId);
  const counts = await keysInScope(db, keyScopeOf(ctx))
    .where('api_keys.organization_id', '=', organizationId)
    .select((eb) => {
      const active = hasStatus(eb, 'ACTIVE', now);
      return [
        countOf(active).as('active'),
        countOf(hasStatus(eb, 'DISABLED', now)).as('disabled'),
        countOf(hasStatus(eb, 'EXPIRED', now)).as('expired'),
        countOf(hasStatus(eb, 'REVOKED', now)).as('revoked'),
        countOf(eb.and([active, isUnusedSince(eb, now - UNUSED_MS)])).as('unused'),
        countOf(eb.and([active, isRotationDue(eb, rotationPolicy, now)])).as('rotationOverdue'),
        countOf(eb.and([active, expiresWithin(eb, now + SOON_MS)])).as('expiringSoon'),
      ];
    })
    .executeTakeFirstOrThrow();
  return counts;
}

function expiresWithin(eb: KeyExpressions, time: number): Expression<SqlBool> {
  return eb('api_keys.expires_at', '<=', time);
}

/** The number of rows for which the condition holds; 0 where there is no row at all. */
function countOf(condition: Expression<SqlBool>) {
  return sql<number>`count(case when ${condition} then 1 end)`;
}
