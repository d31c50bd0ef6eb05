import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { type Change, command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { type ApiKey, loadSecrets, secretStatusOf } from './api-key.ts';
import { requireApiKey } from './require-api-key.ts';

/** Which secret to end. */
export interface RevokeApiKeySecretInput {
  /** `sec_…` */
  readonly id: string;
}

const PERMISSION = 'api.key.update';

/**
 * Ends one secret of a key, at once and for ever, also the last one accepted. Needs `api.key.update`. Rejects with
 * NotFoundError, or with ConflictError where the secret or its key has ended already. Returns the key.
 */
export async function revokeApiKeySecret(
  ctx: Context,
  { id }: RevokeApiKeySecretInput,
): Promise<Outcome<ApiKey>> {
  const principal = authorizeSomewhere(ctx, PERMISSION);
  const place = isId('sec', id) ? await placeOf(ctx, id) : undefined;
  if (!place || !principal.isOf(place.organization_id)) throw new NotFoundError(id, 'secret');
  const { organization_id: organizationId, api_key_id: keyId } = place;
  authorize(ctx, organizationId, PERMISSION);
  return command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    endSecret(ctx, change, keyId, id),
  );
}

function placeOf(ctx: Context, id: string) {
  return ctx.db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .select(['api_key_secrets.api_key_id', 'api_keys.organization_id'])
    .where('api_key_secrets.id', '=', id)
    .executeTakeFirst();
}

async function endSecret(
  ctx: Context,
  { tx, now, audit }: Change,
  keyId: string,
  id: string,
): Promise<ApiKey> {
  const key = await requireApiKey(ctx, tx, keyId);
  if (key.revokedAt !== null)
    throw new ConflictError('The key is revoked already, and all its secrets with it');
  const [secret] = await loadSecrets(ctx, [id], tx);
  if (!secret) throw new NotFoundError(id, 'secret');
  const status = secretStatusOf({ ...secret, keyExpiresAt: null }, now);
  if (status === 'REVOKED') throw new ConflictError('The secret is revoked already');
  if (status === 'EXPIRED') throw new ConflictError('The secret has retired already');
  await tx.updateTable('api_key_secrets').set({ revoked_at: now }).where('id', '=', id).execute();
  await tx.updateTable('api_keys').set({ updated_at: now }).where('id', '=', keyId).execute();
  const { organizationId } = key;
  const changes = { secretId: [id, null] } as const;
  audit({ organizationId, action: 'api_key.secret_revoked', targetId: keyId, changes });
  return requireApiKey(ctx, tx, keyId);
}
