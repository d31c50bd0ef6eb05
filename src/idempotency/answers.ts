import { callerId } from '../access/principal.ts';
import type { PermittedChange } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError, RateLimitedError, UnauthenticatedError, UnavailableError } from '../core/errors.ts';
import { type AnswerKeys, answerKeys, inputDigest, seal, unseal } from './sealing.ts';

/** How long an answer can be repeated, milliseconds. */
export const ANSWER_MS = 24 * 3_600_000;

/** Maximum number of stored answers of an organization. API keys can use half, so that they don't lock people out. */
export const ANSWERS_MAX = 100_000;

/** A request with an idempotency key. */
export interface Attempt {
  readonly organizationId: string;
  readonly keys: AnswerKeys;
  /** When the first request with this key was answered, milliseconds since the epoch; null: it wasn't. */
  readonly answeredAt: number | null;
}

/** How a verb answers a request for the first time and again. */
interface Answering<Result, Kept> {
  perform(): Promise<Result>;
  /** What is stored encrypted, as JSON. */
  keep(result: Result): Kept;
  /** Builds the answer from what was stored. Must check the permissions for it as for a new request. */
  repeat(kept: Kept): Promise<Result>;
}

/**
 * Looks up whether a caller's idempotency key was used. `scope` tells keys apart: the organization, unless the request
 * creates it. Null without a key. Throws UnauthenticatedError.
 */
export async function attemptOf(
  ctx: Context,
  organizationId: string,
  idempotencyKey: string | null,
  scope = organizationId,
): Promise<Attempt | null> {
  if (idempotencyKey === null) return null;
  if (!ctx.principal) throw new UnauthenticatedError();
  const keys = answerKeys(idempotencyKey, callerId(ctx.principal) ?? ctx.principal.actor, scope);
  const row = await ctx.db
    .selectFrom('idempotent_answers')
    .select('created_at')
    .where('id', '=', keys.id)
    .where('created_at', '>', ctx.clock.now() - ANSWER_MS)
    .executeTakeFirst();
  return { organizationId, keys, answeredAt: row?.created_at ?? null };
}

/**
 * Performs a change once per idempotency key, inside a change that has locked the organization (or the caller, if the
 * change creates one). Concurrent requests wait for that lock, and the answer is stored in the same transaction as the
 * change. Errors are not stored. Throws ConflictError if the key was used with another operation or input,
 * RateLimitedError if the organization has too many stored answers, and UnavailableError if the answer expired while
 * the request waited.
 */
export async function once<Result, Kept>(
  change: Authorized,
  attempt: Attempt | null,
  [operation, input]: readonly [operation: string, input: unknown],
  { perform, keep, repeat }: Answering<Result, Kept>,
): Promise<Result> {
  if (!attempt) return perform();
  const { tx, now } = change;
  const { organizationId, keys } = attempt;
  const digest = inputDigest(operation, input);
  const row = await tx
    .selectFrom('idempotent_answers')
    .select(['sealed', 'created_at'])
    .where('id', '=', keys.id)
    .executeTakeFirst();
  if (row && row.created_at > now - ANSWER_MS) {
    const stored = unseal(keys, row.sealed) as { digest: string; kept: Kept };
    if (stored.digest === digest) return repeat(stored.kept);
    throw new ConflictError('IDEMPOTENCY_KEY_REUSED', 'The idempotency key was used with another input');
  }
  // The input was checked as that of a repetition, for example its expiry.
  if (attempt.answeredAt !== null) throw new UnavailableError('The idempotency key has just expired');
  if (row) await tx.deleteFrom('idempotent_answers').where('id', '=', keys.id).execute();
  const number = await nextNumber(change, organizationId);
  const result = await perform();
  await tx
    .insertInto('idempotent_answers')
    .values({
      id: keys.id,
      organization_id: organizationId,
      number,
      sealed: seal(keys, { digest, kept: keep(result) }),
      created_at: now,
    })
    .execute();
  return result;
}

/** A change with the current permissions of its caller. */
type Authorized = Pick<PermittedChange, 'tx' | 'now' | 'principal'>;

/** The number of the organization's next answer. Removes up to two expired ones, so that they don't accumulate. */
async function nextNumber({ tx, now, principal }: Authorized, organizationId: string): Promise<number> {
  const own = tx.selectFrom('idempotent_answers').where('organization_id', '=', organizationId);
  const newest = await own.select('number').orderBy('number', 'desc').limit(1).executeTakeFirst();
  const [first, second] = await own
    .select(['id', 'number', 'created_at'])
    .orderBy('number')
    .limit(2)
    .execute();
  if (!newest || !first) return 1;
  const max = principal.kind === 'key' ? ANSWERS_MAX / 2 : ANSWERS_MAX;
  const expired = [first, second].flatMap((row) => (row && row.created_at <= now - ANSWER_MS ? row.id : []));
  if (expired.length > 0) await tx.deleteFrom('idempotent_answers').where('id', 'in', expired).execute();
  else if (newest.number - first.number >= max - 1)
    throw new RateLimitedError(
      `The organization has used ${max} idempotency keys within 24 hours`,
      Math.max(1, Math.ceil((first.created_at + ANSWER_MS - now) / 1000)),
    );
  return newest.number + 1;
}
