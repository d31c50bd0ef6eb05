import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { type Batch, emptyBatch, noteUse } from '../../src/usage/batch.ts';
import { makeOrganization, type TestServices } from './services.ts';

/** What a use is counted by. */
export interface UsedKey {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
}

/** Makes an organization with so many keys, of one secret each. */
export async function makeUsedKeys(services: TestServices, count: number): Promise<UsedKey[]> {
  const { ctx, organization } = await makeOrganization(services);
  const keys: UsedKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id: keyId } = (await createApiKey(ctx, { name: `${index}` })).result.apiKey;
    const { id: secretId } = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', keyId)
      .executeTakeFirstOrThrow();
    keys.push({ keyId, secretId, organizationId: organization.id });
  }
  return keys;
}

/** What the tables hold of a key: uses of its secret, and its verifications by minute, hour and day. */
export async function countedUses({ db }: Pick<TestServices, 'db'>, { keyId, secretId }: UsedKey) {
  const { rows: buckets } = await sql<{ granularity: string; verified: number }>`
    select granularity, sum(verified) as verified from api_key_usage_buckets
    where api_key_id = ${keyId} group by granularity`.execute(db);
  const verified = (name: string) =>
    Number(buckets.find(({ granularity }) => granularity === name)?.verified ?? 0);
  const { uses } = await db
    .selectFrom('api_key_secret_usage')
    .select('uses')
    .where('secret_id', '=', secretId)
    .executeTakeFirstOrThrow();
  const { at } = await db
    .selectFrom('api_key_usage')
    .select('last_used_at as at')
    .where('api_key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  return { uses, minutes: verified('minute'), hours: verified('hour'), days: verified('day'), at };
}

/** What `countedUses` returns for a key that was used so often, the last time at `at`. */
export const once = (uses: number, at: number) => ({ uses, minutes: uses, hours: uses, days: uses, at });

/** A batch in which each key was used once. */
export function batchOf(keys: readonly UsedKey[], at: number): Batch {
  const batch = emptyBatch();
  for (const key of keys) noteUse(batch, { ...key, at, ip: null });
  return batch;
}

/** How many rows of usage are in the journal. */
export async function rowsInJournal({ db }: Pick<TestServices, 'db'>): Promise<number> {
  const { count } = await db
    .selectFrom('usage_journal')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Which transaction fails, of those that follow: before it begins, or after its commit, so that its answer is lost. */
export type Fault = null | { readonly at: number; readonly when: 'before' | 'after' };

/** The same database, of which a transaction can be made to fail. */
export function failing(real: Kysely<Tables>): { readonly db: Kysely<Tables>; failNext(fault: Fault): void } {
  let fault: Fault = null;
  const execute = async <T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> => {
    const now = fault?.at === 0 ? fault.when : null;
    fault = fault && fault.at > 0 ? { ...fault, at: fault.at - 1 } : null;
    if (now === 'before') throw new Error('The disk is full');
    const result = await real.transaction().execute(work);
    if (now === 'after') throw new Error('The answer was lost');
    return result;
  };
  const db = new Proxy(real, {
    get(target, name) {
      if (name === 'transaction') return () => ({ execute });
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    db,
    failNext: (next) => {
      fault = next;
    },
  };
}
