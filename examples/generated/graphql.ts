/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Status of an API key. The first of REVOKED, DISABLED and EXPIRED that applies, otherwise ACTIVE */
export type ApiKeyStatus =
  /** The key is accepted */
  | 'ACTIVE'
  /** The key is denied until it is enabled again */
  | 'DISABLED'
  /** The key has been denied since `expiresAt` */
  | 'EXPIRED'
  /** The key is permanently denied */
  | 'REVOKED';

/** Input of `createApiKey` */
export type CreateApiKeyInput = {
  /** Description of the key: up to 500 characters */
  description?: string | null | undefined;
  /** Environment of the key. It is part of the secret and can’t be changed */
  environment?: Environment | null | undefined;
  /** When the key expires. Omit for a key that doesn’t expire */
  expiresAt?: string | null | undefined;
  /** ID of the key’s owner in your own system: up to 200 characters */
  externalId?: string | null | undefined;
  /** Permissions granted in addition to the role, up to 100. You must have each of them */
  grants?: Array<string> | null | undefined;
  /** Identifies the request, so that it can be sent again if the response is lost: 20 to 200 characters, such as a UUIDv4. It must be unpredictable, with at least 128 random bits, and kept secret. A repetition by the same caller within 24 hours changes nothing and returns the first response with the current state of the object, secret or link included */
  idempotencyKey?: string | null | undefined;
  /** Networks that the key may be used from, up to 100. Leave empty to allow any address */
  ipAllowlist?: Array<string> | null | undefined;
  /** Your own data about the key: up to 16 KB of JSON */
  metadata?: Record<string, unknown> | null | undefined;
  /** Name of the key: 1 to 100 characters, without invisible characters */
  name: string;
  /** ID of the organization. May be omitted by API keys and by users who belong to exactly one organization */
  organizationId?: string | number | null | undefined;
  /** Rate limit of the key. Omit for no limit */
  rateLimit?: RateLimitInput | null | undefined;
  /** ID of the role that the key is assigned */
  roleId?: string | number | null | undefined;
  /** IDs of the teams that the key is bound to, up to 50. Leave empty to allow all teams */
  teamIds?: Array<string | number> | null | undefined;
};

/** Environment of an API key, which is part of its secret */
export type Environment =
  /** Production */
  | 'LIVE'
  /** Development and testing */
  | 'TEST';

/** Rate limit of an API key */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window in seconds: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** Outcome of a verification. If several reasons for denial apply, the first in this order is returned: MALFORMED, NOT_FOUND, REVOKED, DISABLED, EXPIRED, IP_NOT_ALLOWED, TEAM_NOT_ALLOWED, WRONG_ENVIRONMENT, INSUFFICIENT_PERMISSIONS, RATE_LIMITED */
export type VerificationCode =
  /** The key is disabled */
  | 'DISABLED'
  /** The key has expired, or the overlap of a replaced secret has passed */
  | 'EXPIRED'
  /** The key lacks a required permission, or has none of the alternative ones */
  | 'INSUFFICIENT_PERMISSIONS'
  /** The client’s IP address is not in the key’s allowlist, or was not provided */
  | 'IP_NOT_ALLOWED'
  /** The format or the checksum is wrong: not a key of this service */
  | 'MALFORMED'
  /** The key doesn’t exist or belongs to another organization */
  | 'NOT_FOUND'
  /** The key has reached its rate limit, or too many verifications from this address have failed. `resetAt` is when the window ends */
  | 'RATE_LIMITED'
  /** The key or the secret has been revoked */
  | 'REVOKED'
  /** The key is bound to other teams */
  | 'TEAM_NOT_ALLOWED'
  /** The key is accepted */
  | 'VALID'
  /** The key belongs to the other environment */
  | 'WRONG_ENVIRONMENT';

/** Input of `verifyApiKey` */
export type VerifyApiKeyInput = {
  /** Alternative permissions, in addition to `permissions`: the key must have at least one of them, unless the list is empty. At most 100 */
  anyPermissions?: Array<string> | null | undefined;
  /** Environment that the key must belong to */
  environment?: Environment | null | undefined;
  /** IP address of the client, optionally with a port. Without it, a key with an IP allowlist is denied */
  ip?: string | null | undefined;
  /** The secret as the client sent it. Leading and trailing spaces and line breaks are ignored */
  key: string;
  /** Permissions that the key must have, all of them. At most 100 */
  permissions?: Array<string> | null | undefined;
  /** ID of a team. The key must be bound to this team or to no team */
  teamId?: string | number | null | undefined;
};

export type LiveKeysQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
}>;


export type LiveKeysQuery = { apiKeys: { nodes: Array<{ id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null }> } | null };

export type KeyChangesSubscriptionVariables = Exact<{
  organizationId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type KeyChangesSubscription = { apiKeyChanged:
    | { __typename: 'ApiKeyCreated', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
    | { __typename: 'ApiKeyExpired', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
    | { __typename: 'ApiKeyRevoked', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
    | { __typename: 'ApiKeyRotated', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
    | { __typename: 'ApiKeySecretRevoked', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
    | { __typename: 'ApiKeyUpdated', cursor: string, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } }
   };

export type KeyUsesSubscriptionVariables = Exact<{
  organizationId?: string | number | null | undefined;
  since?: string | null | undefined;
}>;


export type KeyUsesSubscription = { apiKeyUsed: { count: number, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } } };

export type IssueMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type IssueMutation = { createApiKey:
    | { __typename: 'ConflictError', message: string }
    | { secret: string, apiKey: { id: string, start: string } }
    | { __typename: 'EscalationError', message: string }
    | { __typename: 'LimitExceededError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'ValidationError', message: string }
   | null };

export type VerifyMutationVariables = Exact<{
  input: VerifyApiKeyInput;
}>;


export type VerifyMutation = { verifyApiKey: { valid: boolean, code: VerificationCode, message: string, apiKey: { id: string, externalId: string | null, permissions: Array<string> } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const LiveKeysDocument = new TypedDocumentString(`
    query LiveKeys($organizationId: ID) {
  apiKeys(organizationId: $organizationId, first: 100) {
    nodes {
      id
      name
      status
      lastUsedAt
    }
  }
}
    `) as unknown as TypedDocumentString<LiveKeysQuery, LiveKeysQueryVariables>;
export const KeyChangesDocument = new TypedDocumentString(`
    subscription KeyChanges($organizationId: ID, $after: String) {
  apiKeyChanged(organizationId: $organizationId, after: $after) {
    __typename
    cursor
    apiKey {
      id
      name
      status
      lastUsedAt
    }
  }
}
    `) as unknown as TypedDocumentString<KeyChangesSubscription, KeyChangesSubscriptionVariables>;
export const KeyUsesDocument = new TypedDocumentString(`
    subscription KeyUses($organizationId: ID, $since: DateTime) {
  apiKeyUsed(organizationId: $organizationId, since: $since) {
    count
    apiKey {
      id
      name
      status
      lastUsedAt
    }
  }
}
    `) as unknown as TypedDocumentString<KeyUsesSubscription, KeyUsesSubscriptionVariables>;
export const IssueDocument = new TypedDocumentString(`
    mutation Issue($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    ... on CreateApiKeyPayload {
      secret
      apiKey {
        id
        start
      }
    }
    ... on Error {
      __typename
      message
    }
  }
}
    `) as unknown as TypedDocumentString<IssueMutation, IssueMutationVariables>;
export const VerifyDocument = new TypedDocumentString(`
    mutation Verify($input: VerifyApiKeyInput!) {
  verifyApiKey(input: $input) {
    valid
    code
    message
    apiKey {
      id
      externalId
      permissions
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyMutation, VerifyMutationVariables>;