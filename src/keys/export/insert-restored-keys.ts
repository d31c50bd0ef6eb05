import { NEVER, NOT_YET } from '../../../db/tables/tables.ts';
import type { PermittedChange } from '../../command.ts';
import { Input } from '../../core/input.ts';
import { isStartForm } from '../import/imported-forms.ts';
import { EXISTS_FAULT, insertRows, insertSecretRows } from '../import/insert-imports.ts';
import { searchText } from '../new-secret.ts';
import { policyColumns } from '../policy/policy.ts';
import type { ReadKey } from './read-restored-keys.ts';

/** Inserts keys with their teams, last uses and secrets. Throws ValidationError if a secret exists already. */
export async function insertRestoredKeys(
  { tx, now, principal }: PermittedChange,
  organizationId: string,
  keys: readonly ReadKey[],
): Promise<void> {
  const rows = keys.map((key) => {
    const starts = key.secrets.map(({ start }) => start).filter(Boolean);
    return {
      id: key.id,
      organization_id: organizationId,
      environment: key.environment,
      start: key.secrets.at(-1)?.start ?? '',
      search_text: searchText({ id: key.id, ...key.policy }, starts.slice(-SEARCHED_MAX)),
      created_at: key.createdAt,
      created_by: principal.actor,
      updated_at: key.updatedAt,
      rotated_at: key.rotatedAt,
      revoked_at: key.revokedAt,
      revoked_by: key.revokedAt === null ? null : principal.actor,
      revocation_reason: key.revocationReason,
      foreign_id: key.foreignId,
      // The expiry was recorded where the key comes from.
      expiry_recorded_at: (key.policy.expiresAt ?? NEVER) <= now ? now : null,
      ...policyColumns(key.policy),
    };
  });
  await insertRows(tx, 'api_keys', rows);
  const uses = keys.map(({ id, lastUsedAt, lastUsedIp }) => ({
    api_key_id: id,
    organization_id: organizationId,
    last_used_at: lastUsedAt ?? NOT_YET,
    last_used_ip: lastUsedIp,
  }));
  await insertRows(tx, 'api_key_usage', uses);
  const bonds = keys.flatMap(({ id, policy }) =>
    policy.teamIds.map((teamId) => ({ api_key_id: id, team_id: teamId })),
  );
  await insertRows(tx, 'api_key_teams', bonds);
  await insertSecrets(tx, now, organizationId, keys);
}

/** As many display forms of secrets can be searched. */
const SEARCHED_MAX = 100;

async function insertSecrets(
  tx: PermittedChange['tx'],
  now: number,
  organizationId: string,
  keys: readonly ReadKey[],
): Promise<void> {
  const secrets = keys.flatMap((key) => key.secrets.map((secret) => ({ ...secret, keyId: key.id })));
  const rows = secrets.map((secret) => ({
    id: secret.id,
    api_key_id: secret.keyId,
    hash: secret.stored,
    start: secret.start,
    created_at: secret.createdAt,
    replaced_at: secret.replacedAt,
    expires_at: secret.expiresAt ?? NEVER,
    revoked_at: secret.revokedAt,
    expiry_recorded_at: (secret.expiresAt ?? NEVER) <= now ? now : null,
    candidate_organization_id: isStartForm(secret.form) ? organizationId : null,
  }));
  const taken = await insertSecretRows(tx, rows);
  const input = new Input();
  for (const { path, secrets: own } of keys)
    for (const [place, { id }] of own.entries())
      if (taken.has(id)) input.fault([...path, 'secrets', String(place), 'hash'], 'DUPLICATE', EXISTS_FAULT);
  input.check();
  const current = (key: ReadKey) => key.secrets.filter(({ replacedAt }) => replacedAt === null);
  const alone = new Set(keys.map(current).flatMap((own) => (own.length === 1 ? (own[0]?.id ?? []) : [])));
  const uses = secrets.map(({ id, lastUsedAt, uses: count }) => ({
    secret_id: id,
    last_used_at: lastUsedAt ?? NOT_YET,
    uses: count,
    counted_from: alone.has(id) ? null : 0,
  }));
  await insertRows(tx, 'api_key_secret_usage', uses);
}
