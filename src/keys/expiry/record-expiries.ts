import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { isPostgres } from '../../../db/is-postgres.ts';
import { systemPrincipal } from '../../access/principal.ts';
import type { AuditRecord } from '../../audit/record.ts';
import { type Change, write } from '../../command.ts';
import type { Context, Services } from '../../context.ts';
import { newId } from '../../core/ids.ts';
import { inBatches } from '../../core/paced.ts';

/** Maximum number of keys, and of secrets, read at once. */
const FOUND_AT_ONCE = 2_000;

/**
 * Number of expiries recorded in one transaction. PostgreSQL's transactions don't block this thread, so theirs can be
 * large.
 */
const BATCH = { sqlite: { min: 100, max: 200 }, postgres: { min: 400, max: 400 } } as const;

type Table = 'api_keys' | 'api_key_secrets';

type Column = (name: 'expiry_recorded_at' | 'revoked_at' | 'expires_at') => RawBuilder<number | null>;

type Entry = Pick<AuditRecord, 'action' | 'changes'>;

/** What to do with expiries, and how the audit log records it. */
interface Work {
  /** Condition for the rows; they no longer match it afterwards. `column` returns a column of the table as SQL. */
  applies(column: Column, now: number): RawBuilder<SqlBool>;
  recordedAt(now: number): number | null;
  ofKey(enabled: boolean): Entry;
  ofSecret(id: string): Entry;
}

const RECORD: Work = {
  applies: (column, now) => sql`${column('expiry_recorded_at')} is null
    and ${column('revoked_at')} is null and ${column('expires_at')} <= ${now}`,
  recordedAt: (now) => now,
  ofKey: (enabled) => ({
    action: 'api_key.expired',
    changes: { status: enabled ? ['ACTIVE', 'EXPIRED'] : ['DISABLED', 'DISABLED'] },
  }),
  ofSecret: (id) => ({ action: 'api_key.secret_expired', changes: { secretId: [id, null] } }),
};

const WITHDRAW: Work = {
  // Only expiries recorded in the future can be early, and there is an index by that time.
  applies: (column, now) => sql`${column('expiry_recorded_at')} > ${now}
    and ${column('revoked_at')} is null and ${column('expires_at')} > ${now}`,
  recordedAt: () => null,
  ofKey: (enabled) => ({
    action: 'api_key.updated',
    changes: { status: enabled ? ['EXPIRED', 'ACTIVE'] : ['DISABLED', 'DISABLED'] },
  }),
  ofSecret: (id) => ({ action: 'api_key.updated', changes: { secretId: [null, id] } }),
};

/**
 * Records keys and retiring secrets that have expired in the audit log, each once, regardless of the number of servers
 * and of downtime. Verification doesn't depend on it: it compares times. Resolves with the number recorded.
 */
export function recordExpiries(services: Services, stopped?: () => boolean): Promise<number> {
  return sweep(services, RECORD, stopped);
}

/**
 * Reverts expiries that were recorded while the clock was ahead and are not due yet: the audit log records that the key
 * is active again, and records the expiry when it is due. Resolves with the number reverted.
 */
export function withdrawExpiries(services: Services, stopped?: () => boolean): Promise<number> {
  return sweep(services, WITHDRAW, stopped);
}

async function sweep(services: Services, work: Work, stopped?: () => boolean): Promise<number> {
  const batch = isPostgres(services.db) ? BATCH.postgres : BATCH.sqlite;
  let total = 0;
  for (;;) {
    const found = await find(services, work, services.clock.now());
    const queue = [...found];
    total += await inBatches({ ...batch, stopped }, async (size) => {
      const some = queue.splice(0, size);
      await mark(services, work, some);
      return some.length;
    });
    if (found.length < FOUND_AT_ONCE || stopped?.()) return total;
  }
}

/** One transaction for each organization. */
async function mark(services: Services, work: Work, found: readonly Found[]): Promise<void> {
  const ctx: Context = {
    ...services,
    db: services.unhurried,
    publicUrl: services.publicUrl,
    principal: systemPrincipal('expiry'),
    client: { id: newId('evt'), ip: null, userAgent: null },
  };
  for (const organizationId of [...new Set(found.map((one) => one.organizationId))].sort()) {
    const own = (table: Table) =>
      found.filter((one) => one.table === table && one.organizationId === organizationId);
    await write(ctx, async (change) => {
      await change.lock(organizationId);
      await markKeys(change, work, own('api_keys'));
      await markSecrets(change, work, own('api_key_secrets'));
    });
  }
}

interface Found {
  readonly table: Table;
  /** Id of the key or of the secret. */
  readonly id: string;
  readonly organizationId: string;
  readonly keyId: string;
}

async function find({ db }: Services, work: Work, now: number): Promise<Found[]> {
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'id as keyId', 'organization_id as organizationId'])
    .where(work.applies(columnsOf('api_keys'), now))
    // In the order of the index: otherwise, PostgreSQL would read and sort every expired key for each thousand.
    .orderBy('expiry_recorded_at')
    .orderBy('revoked_at')
    .orderBy('expires_at')
    .limit(FOUND_AT_ONCE)
    .execute();
  const secrets = await db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .select(['api_key_secrets.id', 'api_keys.id as keyId', 'api_keys.organization_id as organizationId'])
    .where(work.applies(columnsOf('api_key_secrets'), now))
    .orderBy('api_key_secrets.expiry_recorded_at')
    .orderBy('api_key_secrets.revoked_at')
    .orderBy('api_key_secrets.expires_at')
    .limit(FOUND_AT_ONCE)
    .execute();
  return [
    ...keys.map((one) => ({ ...one, table: 'api_keys' as const })),
    ...secrets.map((one) => ({ ...one, table: 'api_key_secrets' as const })),
  ];
}

/**
 * A row may have been extended, revoked or recorded before the lock was acquired, so the conditions are checked again.
 */
async function markKeys({ tx, now, audit }: Change, work: Work, found: readonly Found[]): Promise<void> {
  if (found.length === 0) return;
  const ids = found.map(({ id }) => id);
  const marked = await tx
    .updateTable('api_keys')
    .set({ expiry_recorded_at: work.recordedAt(now) })
    .where('id', 'in', ids)
    .where(work.applies(ofRow, now))
    .returning(['id', 'enabled'])
    .execute();
  const enabled = new Map(marked.map((key) => [key.id, key.enabled === 1]));
  for (const { id, organizationId } of found) {
    const isEnabled = enabled.get(id);
    if (isEnabled !== undefined) audit({ organizationId, targetId: id, ...work.ofKey(isEnabled) });
  }
}

async function markSecrets({ tx, now, audit }: Change, work: Work, found: readonly Found[]): Promise<void> {
  if (found.length === 0) return;
  const ids = found.map(({ id }) => id);
  const marked = await tx
    .updateTable('api_key_secrets')
    .set({ expiry_recorded_at: work.recordedAt(now) })
    .where('id', 'in', ids)
    .where(work.applies(ofRow, now))
    .returning('id')
    .execute();
  const done = new Set(marked.map(({ id }) => id));
  for (const { id, organizationId, keyId } of found)
    if (done.has(id)) audit({ organizationId, targetId: keyId, ...work.ofSecret(id) });
}

function columnsOf(table: Table): Column {
  return (name) => sql.ref(`${table}.${name}`);
}

/**
 * Condition of a row that is found by its id. `+` excludes the index of all expired keys, which would be read
 * completely for every batch.
 */
function ofRow(name: Parameters<Column>[0]): RawBuilder<number | null> {
  return sql`+${sql.ref(name)}`;
}
