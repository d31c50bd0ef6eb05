import type { PermittedChange } from '../command.ts';

/**
 * Whether the caller is this key with a secret that is being replaced, which must not control the newer one. Checks the
 * database, because a secret may be replaced while it is used.
 */
export async function isReplacedCaller({ tx, principal }: PermittedChange, keyId: string): Promise<boolean> {
  if (principal.kind !== 'key' || principal.keyId !== keyId) return false;
  const { replaced_at } = await tx
    .selectFrom('api_key_secrets')
    .select('replaced_at')
    .where('id', '=', principal.secretId)
    .executeTakeFirstOrThrow();
  return replaced_at !== null;
}
