import type { Transaction } from 'kysely';
import { NEVER, type Tables } from '../../db/tables/tables.ts';
import { command, type Outcome, type PermittedChange } from '../command.ts';
import { ConflictError, EscalationError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { attemptOf, once } from '../idempotency/answers.ts';
import { organizationById } from '../organizations/organization.ts';
import { type ApiKey, type ApiKeySecret, loadSecrets, statusOf } from './api-key.ts';
import { countSecret } from './count-secret.ts';
import { locateApiKey } from './locate-api-key.ts';
import { insertSecret, newSecret, searchText, startsOfKey } from './new-secret.ts';
import type { KeysContext } from './pending-usage.ts';
import { refuseStrongerKey } from './refuse-stronger-key.ts';
import { isReplacedCaller } from './replaced-caller.ts';
import { requireApiKey } from './require-api-key.ts';

/** The key to rotate and how long its current secret is still accepted. */
export interface RotateApiKeyInput {
  readonly id: string;
  /** 0 (immediately) to 7,776,000 (90 days); omitted: one day. */
  readonly overlapSeconds?: number | null | undefined;
  /** 20 to 200 characters: a repetition within 24 hours returns the first answer. */
  readonly idempotencyKey?: string | null | undefined;
}

/** A key with its new secret, which is returned only once, and the replaced one. */
export interface RotatedApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
  readonly retiring: ApiKeySecret;
}

const PERMISSION = 'api.key.update';
const OVERLAP_SECONDS = 86_400;
const OVERLAP_MAX_SECONDS = 7_776_000;

/** Maximum number of secrets of one key that are accepted at the same time. */
const ACCEPTED_MAX = 10;

/**
 * Adds a secret to a key. The old one retires after the overlap, at the latest when the key expires; secrets that are
 * already retiring are unchanged. Requires `api.key.update` and every permission of the key. A calling key can rotate
 * itself, unless its secret is being replaced, and keys that are restricted at least as much. Rejects with
 * ValidationError, NotFoundError, EscalationError, or ConflictError (revoked, expired, or too many accepted secrets).
 */
export async function rotateApiKey(
  ctx: KeysContext,
  params: RotateApiKeyInput,
): Promise<Outcome<RotatedApiKey>> {
  const { organizationId } = await locateApiKey(ctx, params.id, PERMISSION);
  const input = new Input();
  const overlap = input.integer(
    ['input', 'overlapSeconds'],
    params.overlapSeconds ?? OVERLAP_SECONDS,
    0,
    OVERLAP_MAX_SECONDS,
  );
  const idempotencyKey = input.idempotencyKey(params.idempotencyKey);
  input.check();
  const { id } = params;
  const attempt = await attemptOf(ctx, organizationId, idempotencyKey);
  return command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    once(change, attempt, ['rotateApiKey', { id, overlap }], {
      perform: () => replaceSecret(ctx, change, id, overlap),
      keep: ({ secret, retiring }) => ({ secret, retiringId: retiring.id }),
      repeat: ({ secret, retiringId }) => repeatRotation(ctx, change, { id, secret, retiringId }),
    }),
  );
}

/**
 * Answers a repeated rotation with the current state of the key. A key that has rotated itself may still be using the
 * secret that it replaced.
 */
async function repeatRotation(
  ctx: KeysContext,
  change: PermittedChange,
  { id, secret, retiringId }: { id: string; secret: string; retiringId: string },
): Promise<RotatedApiKey> {
  const { principal } = change;
  const apiKey = await requireApiKey(ctx, change, id);
  const isOwn = principal.kind === 'key' && principal.secretId === retiringId;
  if (!isOwn) await refuseSecret(change, apiKey);
  change.repeat({ organizationId: apiKey.organizationId, action: 'api_key.rotated', targetId: id });
  return { apiKey, secret, retiring: await secretById(ctx, change, retiringId) };
}

/** Rejects with EscalationError unless the caller may have a new secret of the key. */
async function refuseSecret(change: PermittedChange, key: ApiKey): Promise<void> {
  if (await isReplacedCaller(change, key.id))
    throw new EscalationError([], "A secret that is being replaced can't rotate its own key", ['SELF']);
  await refuseStrongerKey(change, key);
}

async function secretById(ctx: KeysContext, change: PermittedChange, id: string): Promise<ApiKeySecret> {
  const [secret] = await loadSecrets({ ...ctx, principal: change.principal }, [id], change.tx);
  if (!secret) throw new Error(`The secret ${id} does not exist`);
  return secret;
}

async function replaceSecret(
  ctx: KeysContext,
  change: PermittedChange,
  id: string,
  overlapSeconds: number,
): Promise<RotatedApiKey> {
  const { tx, now } = change;
  const key = await requireApiKey(ctx, change, id);
  const { organizationId } = key;
  if (key.revokedAt !== null) throw new ConflictError('REVOKED', "A revoked API key can't be rotated");
  if (statusOf({ ...key, enabled: true }, now) === 'EXPIRED')
    throw new ConflictError('EXPIRED', "An expired API key can't be rotated: extend its expiry first");
  await refuseSecret(change, key);
  if (overlapSeconds > 0) await assertKeyQuotaForSecret(tx, id, now);

  const retiringId = await retireNewest(tx, key, now, overlapSeconds);
  const { keyPrefix } = await organizationById(tx, organizationId);
  const next = newSecret(keyPrefix, key.environment);
  await insertSecret(tx, id, next, now);
  const starts = await startsOfKey(tx, id, now);
  await tx
    .updateTable('api_keys')
    .set({ start: next.start, search_text: searchText(key, starts), rotated_at: now, updated_at: now })
    .where('id', '=', id)
    .execute();
  change.audit({
    organizationId,
    action: 'api_key.rotated',
    targetId: id,
    changes: { secretId: [retiringId, next.id], overlapSeconds: [null, overlapSeconds] },
  });
  const retiring = await secretById(ctx, change, retiringId);
  return { apiKey: await requireApiKey(ctx, change, id), secret: next.secret, retiring };
}

async function assertKeyQuotaForSecret(tx: Transaction<Tables>, keyId: string, now: number): Promise<void> {
  const { accepted } = await tx
    .selectFrom('api_key_secrets')
    .select((eb) => eb.fn.countAll<number>().as('accepted'))
    .where('api_key_id', '=', keyId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  if (Number(accepted) < ACCEPTED_MAX) return;
  throw new ConflictError(
    'OTHER',
    `${ACCEPTED_MAX} secrets of the API key are already accepted: revoke one, or wait until one has expired`,
  );
}

/**
 * Marks the newest secret as replaced and returns its id. An imported key may have several that none has replaced. A
 * revoked one stays revoked.
 */
async function retireNewest(
  tx: Transaction<Tables>,
  key: ApiKey,
  now: number,
  overlapSeconds: number,
): Promise<string> {
  const expiresAt = Math.min(now + overlapSeconds * 1000, key.expiresAt ?? NEVER);
  const retired = await tx
    .updateTable('api_key_secrets')
    .set((eb) => ({
      replaced_at: now,
      expires_at: expiresAt,
      revoked_at: overlapSeconds === 0 ? eb.fn.coalesce('revoked_at', eb.val(now)) : eb.ref('revoked_at'),
    }))
    .where('api_key_id', '=', key.id)
    .where('replaced_at', 'is', null)
    .returning(['id', 'start'])
    .execute();
  const newest = retired.find(({ start }) => start === key.start) ?? retired[0];
  if (!newest) throw new Error(`The key ${key.id} has no current secret`);
  await countSecret(tx, { keyId: key.id, secretId: newest.id, now });
  return newest.id;
}
