import type { Cache } from '@urql/exchange-graphcache';
import { now } from '../api/clock.ts';
import { parsed } from '../api/document.ts';
import {
  CachedSecretFragmentDoc,
  type CachedUsageFragment,
  CachedUsageFragmentDoc,
  type KeyUsesSubscription,
  type UsageGranularity,
} from '../generated/graphql.ts';

/** Length of an interval, milliseconds. */
const LENGTHS: Readonly<Record<UsageGranularity, number>> = {
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
};

type Use = KeyUsesSubscription['apiKeyUsed'];
type Bucket = NonNullable<CachedUsageFragment['usage']>[number];

/** Applies a use to cached data other than the key itself: last uses of secrets, and usage. */
export function applyUse(cache: Cache, { apiKey, secretId, lastUsedAt, count }: Use): void {
  // The event doesn't include counts per secret: it counts the key's uses, and identifies the last used secret.
  const secret = { id: secretId, lastUsedAt };
  cache.writeFragment(parsed(CachedSecretFragmentDoc), named('ApiKeySecret', secret));
  applyUsage(cache, apiKey.id, { verified: count, denied: 0 });
}

/** Adds to the current interval, in every granularity that the cache contains for the key. */
export function applyUsage(cache: Cache, id: string, more: Pick<Bucket, 'verified' | 'denied'>): void {
  if (more.verified + more.denied === 0) return;
  const entity = { __typename: 'ApiKey', id };
  for (const { fieldName, arguments: args } of cache.inspectFields(entity)) {
    if (fieldName !== 'usage') continue;
    const known = cache.readFragment(parsed(CachedUsageFragmentDoc), entity, args ?? {});
    if (!known?.usage) continue;
    const length = LENGTHS[(args?.granularity as UsageGranularity | undefined) ?? 'HOUR'];
    const usage = added(known.usage, length, more);
    cache.writeFragment(parsed(CachedUsageFragmentDoc), { ...named('ApiKey', known), usage }, args ?? {});
  }
}

function added(
  usage: readonly Bucket[],
  length: number,
  more: Pick<Bucket, 'verified' | 'denied'>,
): Bucket[] {
  const start = new Date(Math.floor(now() / length) * length).toISOString();
  const last = usage.at(-1);
  if (last?.start !== start) return [...usage, named('UsageBucket', { start, ...more })];
  const { verified, denied } = last;
  const sum = { verified: verified + more.verified, denied: denied + more.denied };
  return [...usage.slice(0, -1), { ...last, ...sum }];
}

/** Sets the fragment's `__typename`, which the cache needs and the generated types omit. */
function named<Value extends object>(typename: string, value: Value): Value {
  return { __typename: typename, ...value };
}
