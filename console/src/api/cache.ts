import { type Cache, cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache';
import type { Exchange } from 'urql';
import type {
  KeyChangesSubscription,
  KeyDenialsSubscription,
  KeyUsesSubscription,
} from '../generated/graphql.ts';
import introspection from '../generated/introspection.json' with { type: 'json' };
import { applyUsage, applyUse } from '../live/apply-use.ts';
import { insertKey } from '../live/insert-key.ts';
import { ORGANIZATION_UPDATES } from './organization-updates.ts';

/** Types without an identity of their own, embedded in their parent. */
const PARTS = [
  'ApiKeySummary',
  'ApiKeyUsageTotal',
  'Denial',
  'DenialApiKeyCount',
  'DenialCodeCount',
  'DenialInterval',
  'DenialIpCount',
  'DenialSummary',
  'OrganizationLimits',
  'PageInfo',
  'PermissionDefinition',
  'Propagation',
  'RateLimit',
  'RotationPolicy',
  'SystemActor',
  'UsageBucket',
  'ValidationIssue',
  // Its id is the id that was not found.
  'NotFoundError',
];

const changed: UpdateResolver = (result, _args, cache, { variables }) => {
  const { apiKeyChanged: change } = result as unknown as KeyChangesSubscription;
  const organizationId = String(variables.organizationId);
  if (change.__typename === 'ApiKeyCreated') insertKey(cache, organizationId, change.apiKey);
  forget(cache, { __typename: 'ApiKey', id: change.apiKey.id }, ['auditLog']);
  forget(cache, { __typename: 'Organization', id: organizationId }, ['auditLog', 'limits']);
};

/**
 * Writes uses to the cache. Uses before the start of the subscription are last uses without a number; the counts are
 * then refetched.
 */
function usesIntoCache(): UpdateResolver {
  const lastUses = new Map<string, string>();
  return (result, _args, cache) => {
    const { apiKeyUsed: use } = result as unknown as KeyUsesSubscription;
    const { id } = use.apiKey;
    if (use.count === 0 && lastUses.get(id) !== use.lastUsedAt)
      forget(cache, { __typename: 'ApiKey', id }, ['usage']);
    lastUses.set(id, use.lastUsedAt);
    applyUse(cache, use);
  };
}

const denied: UpdateResolver = (result, _args, cache) => {
  const { apiKey, count } = (result as unknown as KeyDenialsSubscription).apiKeyDenied;
  if (apiKey) applyUsage(cache, apiKey.id, { verified: 0, denied: count });
};

/** Invalidates these fields, so that open views refetch them. */
export function forget(
  cache: Cache,
  entity: { __typename: string; id: string },
  fields: readonly string[],
): void {
  for (const { fieldName, arguments: args } of cache.inspectFields(entity))
    if (fields.includes(fieldName)) cache.invalidate(entity, fieldName, args);
}

/** The normalized cache: every object with an id once, whichever query, mutation or subscription brought it. */
export function normalizedCache(): Exchange {
  return cacheExchange({
    schema: introspection,
    keys: Object.fromEntries([...PARTS, ...partsByName()].map((name) => [name, () => null] as const)),
    updates: {
      Mutation: ORGANIZATION_UPDATES,
      Subscription: { apiKeyChanged: changed, apiKeyUsed: usesIntoCache(), apiKeyDenied: denied },
    },
  });
}

/** Connections, edges, payloads and events, which have no id. */
function partsByName(): string[] {
  return introspection.__schema.types
    .map(({ name }) => name)
    .filter((name) =>
      /(?:Connection|Edge|Payload|Error|Created|Updated|Rotated|Revoked|Expired|Used|Denied)$/.test(name),
    );
}
