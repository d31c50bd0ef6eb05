/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether a key is accepted. The first that holds of REVOKED, DISABLED, EXPIRED; else ACTIVE */
export type ApiKeyStatus =
  /** Accepted */
  | 'ACTIVE'
  /** Refused until somebody enables it */
  | 'DISABLED'
  /** Refused since `expiresAt` */
  | 'EXPIRED'
  /** Refused for ever */
  | 'REVOKED';

/** A new key */
export type CreateApiKeyInput = {
  /** More about it: up to 500 characters */
  description?: string | null | undefined;
  /** What it is for; part of its secret */
  environment?: Environment | null | undefined;
  /** From when on it is refused; left out: it doesn’t expire */
  expiresAt?: string | null | undefined;
  /** Who it belongs to in your own system: up to 200 characters */
  externalId?: string | null | undefined;
  /** Permissions granted directly, up to 100; you must hold each yourself */
  grants?: Array<string> | null | undefined;
  /** Networks it is accepted from, up to 100; none: any address */
  ipAllowlist?: Array<string> | null | undefined;
  /** Whatever you keep with it: up to 16 KB of JSON */
  metadata?: Record<string, unknown> | null | undefined;
  /** Name: 1 to 100 characters, none of them invisible */
  name: string;
  /** May be left out by an API key, or a user of a single organization */
  organizationId?: string | number | null | undefined;
  /** How often it is accepted; left out: without limit */
  rateLimit?: RateLimitInput | null | undefined;
  /** The role whose permissions it gets */
  roleId?: string | number | null | undefined;
  /** The teams it is bound to, up to 50 */
  teamIds?: Array<string | number> | null | undefined;
};

/** What a key is for; part of its secret */
export type Environment =
  /** Real use */
  | 'LIVE'
  /** Development and tests */
  | 'TEST';

/** How often a key is accepted */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** The outcome of a verification: the first of these that applies, in this order after VALID */
export type VerificationCode =
  /** Somebody disabled the key */
  | 'DISABLED'
  /** The key has expired, or the overlap of a replaced secret has run out */
  | 'EXPIRED'
  /** The key lacks one of the permissions */
  | 'INSUFFICIENT_PERMISSIONS'
  /** The client’s address is not in the key’s allowlist, or was not given */
  | 'IP_NOT_ALLOWED'
  /** Wrong form or checksum: no key of this service */
  | 'MALFORMED'
  /** No such key, or another organization’s */
  | 'NOT_FOUND'
  /** The key has reached its rate limit, or too many secrets failed from this address; `resetAt` is when the window ends */
  | 'RATE_LIMITED'
  /** The key or the secret was revoked */
  | 'REVOKED'
  /** The key is bound to other teams */
  | 'TEAM_NOT_ALLOWED'
  /** Accepted */
  | 'VALID'
  /** The key is of the other environment */
  | 'WRONG_ENVIRONMENT';

/** What a client presented, and what it wants to do */
export type VerifyApiKeyInput = {
  /** The key must be of this environment */
  environment?: Environment | null | undefined;
  /** The client’s address, optionally with a port; without it, a key with an allowlist is denied */
  ip?: string | null | undefined;
  /** The secret as the client sent it; surrounding spaces and line breaks are ignored */
  key: string;
  /** What it must hold: all of these */
  permissions?: Array<string> | null | undefined;
  /** The key must be bound to this team, or to none */
  teamId?: string | number | null | undefined;
};

export type LiveKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type LiveKeysQuery = { apiKeys: { nodes: Array<{ id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null }> } | null };

export type KeyChangesSubscriptionVariables = Exact<{
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
  since?: string | null | undefined;
}>;


export type KeyUsesSubscription = { apiKeyUsed: { count: number, apiKey: { id: string, name: string, status: ApiKeyStatus, lastUsedAt: string | null } } };

export type IssueMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type IssueMutation = { createApiKey:
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
    query LiveKeys {
  apiKeys(first: 100) {
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
    subscription KeyChanges($after: String) {
  apiKeyChanged(after: $after) {
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
    subscription KeyUses($since: DateTime) {
  apiKeyUsed(since: $since) {
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