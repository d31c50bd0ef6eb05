import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { keyScopeOf, refuseOtherTeams } from '../access/key-scope.ts';
import { command, type Outcome, type PermittedChange } from '../command.ts';
import { ConflictError, ForbiddenError, NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { type ApiKey, keysInScope, loadSecrets, secretStatusOf } from './api-key.ts';
import { teamIdsOfKeys } from './key-teams.ts';
import type { KeysContext } from './pending-usage.ts';
import { isReplacedCaller } from './replaced-caller.ts';
import { requireApiKey } from './require-api-key.ts';

/** The secret to revoke. */
export interface RevokeApiKeySecretInput {
  /** `sec_…` */
  readonly id: string;
}

const PERMISSION = 'api.key.update';

/**
 * Revokes one secret of a key, immediately and permanently, even if it is the last accepted one. Revoking it again changes
 * nothing. Requires `api.key.update`. Rejects with NotFoundError; with ConflictError if the secret has expired; with
 * ForbiddenError if the key is bound to teams outside the caller's, if the caller's own secret is being replaced and this
 * is another one of the key, or if an API key would revoke a current secret while an older one is accepted. Returns the
 * key.
 */
export async function revokeApiKeySecret(
  ctx: KeysContext,
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

function placeOf(ctx: KeysContext, id: string) {
  return keysInScope(ctx.db, keyScopeOf(ctx))
    .innerJoin('api_key_secrets', 'api_key_secrets.api_key_id', 'api_keys.id')
    .select(['api_key_secrets.api_key_id', 'api_keys.organization_id'])
    .where('api_key_secrets.id', '=', id)
    .executeTakeFirst();
}

/**
 * Whether this secret is the newest of its key and an older one is still accepted. Someone who has the older one and
 * created another key with it could otherwise lock out everyone else.
 */
async function isReplacement({ tx, now }: PermittedChange, keyId: string, id: string): Promise<boolean> {
  const accepted = await tx
    .selectFrom('api_key_secrets')
    .select(['id', 'replaced_at'])
    .where('api_key_id', '=', keyId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  return accepted.length > 1 && accepted.some((one) => one.id === id && one.replaced_at === null);
}

async function endSecret(
  ctx: KeysContext,
  change: PermittedChange,
  keyId: string,
  id: string,
): Promise<ApiKey> {
  const { tx, now, audit, repeat, principal } = change;
  const key = await requireApiKey(ctx, change, keyId);
  refuseOtherTeams(change, PERMISSION, await teamIdsOfKeys(tx, [keyId]));
  const isOwn = principal.kind === 'key' && principal.secretId === id;
  if (!isOwn && (await isReplacedCaller(change, keyId)))
    throw new ForbiddenError(
      PERMISSION,
      "A secret that is being replaced can't revoke other secrets of its key",
    );
  const [secret] = await loadSecrets({ ...ctx, principal }, [id], tx);
  if (!secret) throw new NotFoundError(id, 'secret');
  const status = secretStatusOf({ ...secret, keyExpiresAt: null }, now);
  const { organizationId } = key;
  const action = 'api_key.secret_revoked';
  if (status === 'REVOKED') {
    repeat({ organizationId, action, targetId: keyId });
    return key;
  }
  if (status === 'EXPIRED') throw new ConflictError('EXPIRED', 'The secret has already expired');
  if (!isOwn && principal.kind === 'key' && (await isReplacement(change, keyId, id)))
    throw new ForbiddenError(
      PERMISSION,
      "An API key can't revoke a current secret while the previous secret is still accepted",
    );
  await tx.updateTable('api_key_secrets').set({ revoked_at: now }).where('id', '=', id).execute();
  await tx.updateTable('api_keys').set({ updated_at: now }).where('id', '=', keyId).execute();
  const changes = { secretId: [id, null] } as const;
  audit({ organizationId, action, targetId: keyId, changes });
  return requireApiKey(ctx, change, keyId);
}
