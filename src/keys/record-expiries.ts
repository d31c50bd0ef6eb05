import { systemPrincipal } from '../access/principal.ts';
import { type Change, write } from '../command.ts';
import type { Context, Services } from '../context.ts';
import { newId } from '../core/ids.ts';

/** How many expiries are recorded at once. */
const BATCH = 200;

interface Due {
  /** Of the key, or of the secret. */
  readonly id: string;
  readonly organizationId: string;
  readonly keyId: string;
}

/**
 * Takes note in the log of keys and retiring secrets that have expired, each once, whatever the number of servers and
 * however long none was running. Verification doesn't wait for it: it compares times. Resolves with how many there were.
 */
export async function recordExpiries(services: Services): Promise<number> {
  const now = services.clock.now();
  const keys = await dueKeys(services, now);
  const secrets = await dueSecrets(services, now);
  const organizationIds = [...new Set([...keys, ...secrets].map((due) => due.organizationId))].sort();
  const ctx: Context = {
    ...services,
    publicUrl: services.publicUrl,
    principal: systemPrincipal('expiry'),
    request: { id: newId('evt'), ip: null, userAgent: null },
  };
  for (const organizationId of organizationIds) {
    const own = (all: readonly Due[]) => all.filter((due) => due.organizationId === organizationId);
    await write(ctx, async (change) => {
      await change.lock(organizationId);
      await recordKeys(change, own(keys));
      await recordSecrets(change, own(secrets));
    });
  }
  return keys.length + secrets.length;
}

function dueKeys({ db }: Services, now: number): Promise<Due[]> {
  return db
    .selectFrom('api_keys')
    .select(['id', 'id as keyId', 'organization_id as organizationId'])
    .where('expiry_recorded_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(BATCH)
    .execute();
}

function dueSecrets({ db }: Services, now: number): Promise<Due[]> {
  return db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .select(['api_key_secrets.id', 'api_keys.id as keyId', 'api_keys.organization_id as organizationId'])
    .where('api_key_secrets.expiry_recorded_at', 'is', null)
    .where('api_key_secrets.revoked_at', 'is', null)
    .where('api_key_secrets.expires_at', '<=', now)
    .orderBy('api_key_secrets.expires_at')
    .limit(BATCH)
    .execute();
}

/** What was due may have been extended, revoked or recorded before the lock: the conditions hold again. */
async function recordKeys({ tx, now, audit }: Change, due: readonly Due[]): Promise<void> {
  if (due.length === 0) return;
  const ids = due.map(({ id }) => id);
  const recorded = await tx
    .updateTable('api_keys')
    .set({ expiry_recorded_at: now })
    .where('id', 'in', ids)
    .where('expiry_recorded_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', now)
    .returning(['id', 'enabled'])
    .execute();
  const enabled = new Map(recorded.map((key) => [key.id, key.enabled === 1]));
  for (const { id, organizationId } of due) {
    const before = enabled.get(id);
    if (before === undefined) continue;
    const changes = { status: [before ? 'ACTIVE' : 'DISABLED', before ? 'EXPIRED' : 'DISABLED'] } as const;
    audit({ organizationId, action: 'api_key.expired', targetId: id, changes });
  }
}

async function recordSecrets({ tx, now, audit }: Change, due: readonly Due[]): Promise<void> {
  if (due.length === 0) return;
  const ids = due.map(({ id }) => id);
  const recorded = await tx
    .updateTable('api_key_secrets')
    .set({ expiry_recorded_at: now })
    .where('id', 'in', ids)
    .where('expiry_recorded_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', now)
    .returning('id')
    .execute();
  const done = new Set(recorded.map(({ id }) => id));
  for (const { id, organizationId, keyId } of due) {
    if (!done.has(id)) continue;
    audit({
      organizationId,
      action: 'api_key.secret_expired',
      targetId: keyId,
      changes: { secretId: [id, null] },
    });
  }
}
