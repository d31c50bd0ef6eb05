/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Narrows a list of keys; all conditions hold, and what is left out doesn’t narrow */
export type ApiKeyFilter = {
  /** Keys made by this user or key */
  createdById?: string | number | null | undefined;
  /** Keys of this environment */
  environment?: Environment | null | undefined;
  /** Keys that expire before then */
  expiresBefore?: string | null | undefined;
  /** Keys with exactly this `externalId` */
  externalId?: string | null | undefined;
  /** Keys with this role */
  roleId?: string | number | null | undefined;
  /** Keys whose rotation is due before then */
  rotationDueBefore?: string | null | undefined;
  /** Part of the name, description, start or id; upper and lower case alike */
  search?: string | null | undefined;
  /** Any of these; left out: all but REVOKED */
  status?: Array<ApiKeyStatus> | null | undefined;
  /** Keys bound to this team */
  teamId?: string | number | null | undefined;
  /** Keys not used since then: last used before, or never used and made before */
  unusedSince?: string | null | undefined;
};

/** How a list of keys is ordered */
export type ApiKeyOrder = {
  /** Which way */
  direction: OrderDirection;
  /** What by */
  field: ApiKeyOrderField;
};

/** What keys are ordered by; equals are ordered by id */
export type ApiKeyOrderField =
  /** When they were made */
  | 'CREATED_AT'
  /** Their expiry; no expiry counts as latest */
  | 'EXPIRES_AT'
  /** Their last use; never used counts as earliest */
  | 'LAST_USED_AT'
  /** Their names, upper and lower case alike */
  | 'NAME';

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

/** Why a mutation was refused */
export type ErrorCode =
  /** The change doesn’t fit the present state */
  | 'CONFLICT'
  /** The caller would grant what it does not hold */
  | 'ESCALATION'
  /** A limit of the organization would be passed */
  | 'LIMIT_EXCEEDED'
  /** No such object, or not one of yours */
  | 'NOT_FOUND'
  /** The input holds values that can’t be used */
  | 'VALIDATION_FAILED';

/** An invitation */
export type InviteMemberInput = {
  /** Whom to invite; upper and lower case are alike */
  email: string;
  /** The person’s name in your organization, 1 to 100 characters */
  name?: string | null | undefined;
  /** May be left out by an API key, or a user of a single organization */
  organizationId?: string | number | null | undefined;
  /** What the person may do; you must hold everything of it yourself */
  roleId: string | number;
  /** The teams the person is put into, up to 50 */
  teamIds?: Array<string | number> | null | undefined;
};

/** The direction of an order */
export type OrderDirection =
  /** Smallest, earliest or first in the alphabet first */
  | 'ASC'
  /** Largest, latest or last in the alphabet first */
  | 'DESC';

/** How often a key is accepted */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** The end of a membership, or of an invitation */
export type RemoveMemberInput = {
  /** The membership: `mem_…` */
  id: string | number;
};

/** The end of one secret */
export type RevokeApiKeySecretInput = {
  /** The secret: `sec_…` */
  id: string | number;
};

/** The end of several keys */
export type RevokeApiKeysInput = {
  /** The keys, 1 to 500; all are revoked or none */
  ids: Array<string | number>;
  /** Why, for the audit log: up to 500 characters */
  reason?: string | null | undefined;
};

/** A rotation */
export type RotateApiKeyInput = {
  /** The key */
  id: string | number;
  /** How long the old secret goes on being accepted; 0: it stops now; at most 7,776,000 (90 days) */
  overlapSeconds?: number | null | undefined;
};

/** Whether a secret is accepted */
export type SecretStatus =
  /** The newest: accepted as long as its key is */
  | 'ACTIVE'
  /** Its overlap has run out, or its key has expired */
  | 'EXPIRED'
  /** Replaced by a newer one, still accepted until `expiresAt` */
  | 'RETIRING'
  /** Refused for ever */
  | 'REVOKED';

/** Changes of a key. A field left out stays as it is; null clears it */
export type UpdateApiKeyInput = {
  /** Up to 500 characters */
  description?: string | null | undefined;
  /** False: refused until it is true again; can’t be null */
  enabled?: boolean | null | undefined;
  /** From when on it is refused */
  expiresAt?: string | null | undefined;
  /** Up to 200 characters */
  externalId?: string | null | undefined;
  /** Permissions granted directly, up to 100 */
  grants?: Array<string> | null | undefined;
  /** The key */
  id: string | number;
  /** Networks it is accepted from, up to 100 */
  ipAllowlist?: Array<string> | null | undefined;
  /** Replaces all of it: up to 16 KB of JSON */
  metadata?: Record<string, unknown> | null | undefined;
  /** 1 to 100 characters; can’t be null */
  name?: string | null | undefined;
  /** How often it is accepted */
  rateLimit?: RateLimitInput | null | undefined;
  /** The role whose permissions it gets */
  roleId?: string | number | null | undefined;
  /** The teams it is bound to, up to 50 */
  teamIds?: Array<string | number> | null | undefined;
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

export type KeyRowFragment = { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null };

export type KeySecretFragment = { id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number };

type Somebody_ApiKey_Fragment = { __typename: 'ApiKey', id: string, name: string };

type Somebody_SystemActor_Fragment = { __typename: 'SystemActor', name: string };

type Somebody_User_Fragment = { __typename: 'User', id: string, email: string };

export type SomebodyFragment =
  | Somebody_ApiKey_Fragment
  | Somebody_SystemActor_Fragment
  | Somebody_User_Fragment
;

export type KeyDetailsFragment = { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
    | { __typename: 'ApiKey', id: string, name: string }
    | { __typename: 'SystemActor', name: string }
    | { __typename: 'User', id: string, email: string }
   | null, revokedBy:
    | { __typename: 'ApiKey', id: string, name: string }
    | { __typename: 'SystemActor', name: string }
    | { __typename: 'User', id: string, email: string }
   | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null };

export type ReachFragment = { confirmedNodes: number, totalNodes: number, milliseconds: number };

type Refused_ConflictError_Fragment = { __typename: 'ConflictError', message: string, code: ErrorCode };

type Refused_EscalationError_Fragment = { __typename: 'EscalationError', message: string, code: ErrorCode };

type Refused_LimitExceededError_Fragment = { __typename: 'LimitExceededError', message: string, code: ErrorCode };

type Refused_NotFoundError_Fragment = { __typename: 'NotFoundError', message: string, code: ErrorCode };

type Refused_ValidationError_Fragment = { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> };

export type RefusedFragment =
  | Refused_ConflictError_Fragment
  | Refused_EscalationError_Fragment
  | Refused_LimitExceededError_Fragment
  | Refused_NotFoundError_Fragment
  | Refused_ValidationError_Fragment
;

export type ListKeysQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
  filter?: ApiKeyFilter | null | undefined;
  orderBy?: ApiKeyOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListKeysQuery = { apiKeys: { nodes: Array<{ id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ShowKeyQueryVariables = Exact<{
  id: string | number;
}>;


export type ShowKeyQuery = { apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
      | { __typename: 'ApiKey', id: string, name: string }
      | { __typename: 'SystemActor', name: string }
      | { __typename: 'User', id: string, email: string }
     | null, revokedBy:
      | { __typename: 'ApiKey', id: string, name: string }
      | { __typename: 'SystemActor', name: string }
      | { __typename: 'User', id: string, email: string }
     | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } | null };

export type OrganizationOfKeyQueryVariables = Exact<{
  id: string | number;
}>;


export type OrganizationOfKeyQuery = { apiKey: { organization: { id: string } | null } | null };

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { createApiKey:
    | { __typename: 'CreateApiKeyPayload', secret: string, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, revokedBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'EscalationError', message: string, code: ErrorCode }
    | { __typename: 'LimitExceededError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type UpdateKeyMutationVariables = Exact<{
  input: UpdateApiKeyInput;
}>;


export type UpdateKeyMutation = { updateApiKey:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', message: string, code: ErrorCode }
    | { __typename: 'LimitExceededError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'UpdateApiKeyPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, revokedBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateKeyMutation = { rotateApiKey:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'RotateApiKeyPayload', secret: string, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, revokedBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null }, retiring: { id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeKeysMutationVariables = Exact<{
  input: RevokeApiKeysInput;
}>;


export type RevokeKeysMutation = { revokeApiKeys:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeysPayload', apiKeys: Array<{ id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null }>, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeSecretMutationVariables = Exact<{
  input: RevokeApiKeySecretInput;
}>;


export type RevokeSecretMutation = { revokeApiKeySecret:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeySecretPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, organization: { id: string, name: string } | null, createdBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, revokedBy:
          | { __typename: 'ApiKey', id: string, name: string }
          | { __typename: 'SystemActor', name: string }
          | { __typename: 'User', id: string, email: string }
         | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
   | null };

export type VerifyKeyMutationVariables = Exact<{
  input: VerifyApiKeyInput;
}>;


export type VerifyKeyMutation = { verifyApiKey: { valid: boolean, code: VerificationCode, message: string, remaining: number | null, resetAt: string | null, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } | null } | null };

export type MemberRowFragment = { id: string, email: string, name: string | null, joinedAt: string | null, user: { id: string } | null, role: { id: string, name: string }, teams: Array<{ id: string, name: string }> };

export type ListMembersQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListMembersQuery = { organization: { members: { nodes: Array<{ id: string, email: string, name: string | null, joinedAt: string | null, user: { id: string } | null, role: { id: string, name: string }, teams: Array<{ id: string, name: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', message: string, code: ErrorCode }
    | { __typename: 'InviteMemberPayload', signInUrl: string, membership: { id: string, email: string, name: string | null, joinedAt: string | null, user: { id: string } | null, role: { id: string, name: string }, teams: Array<{ id: string, name: string }> } }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { removeMember:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'RemoveMemberPayload', removedId: string }
   | null };

export type OrganizationRowFragment = { id: string, name: string, slug: string, keyPrefix: string, createdAt: string };

export type ListOrganizationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListOrganizationsQuery = { viewer: { organizations: { nodes: Array<{ id: string, name: string, slug: string, keyPrefix: string, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } };

export type ShowOrganizationQueryVariables = Exact<{
  id?: string | number | null | undefined;
}>;


export type ShowOrganizationQuery = { organization: { id: string, name: string, slug: string, keyPrefix: string, createdAt: string, limits: { maxActiveApiKeys: number | null, activeApiKeys: number } | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null } | null };

export type SummarizeKeysQueryVariables = Exact<{
  id?: string | number | null | undefined;
}>;


export type SummarizeKeysQuery = { organization: { keySummary: { active: number, disabled: number, expired: number, revoked: number, unused: number, unusedIsExact: boolean, rotationOverdue: number, rotationOverdueIsExact: boolean, expiringSoon: number, expiringSoonIsExact: boolean, verifiedLastDay: number, deniedLastDay: number } | null } | null };

export type FindRolesQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type FindRolesQuery = { organization: { roles: { nodes: Array<{ id: string, name: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type FindTeamsQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type FindTeamsQuery = { organization: { teams: { nodes: Array<{ id: string, name: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

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
export const KeyRowFragmentDoc = new TypedDocumentString(`
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
    `, {"fragmentName":"KeyRow"}) as unknown as TypedDocumentString<KeyRowFragment, unknown>;
export const SomebodyFragmentDoc = new TypedDocumentString(`
    fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
    `, {"fragmentName":"Somebody"}) as unknown as TypedDocumentString<SomebodyFragment, unknown>;
export const KeySecretFragmentDoc = new TypedDocumentString(`
    fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
    `, {"fragmentName":"KeySecret"}) as unknown as TypedDocumentString<KeySecretFragment, unknown>;
export const KeyDetailsFragmentDoc = new TypedDocumentString(`
    fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}`, {"fragmentName":"KeyDetails"}) as unknown as TypedDocumentString<KeyDetailsFragment, unknown>;
export const ReachFragmentDoc = new TypedDocumentString(`
    fragment Reach on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
    `, {"fragmentName":"Reach"}) as unknown as TypedDocumentString<ReachFragment, unknown>;
export const RefusedFragmentDoc = new TypedDocumentString(`
    fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const MemberRowFragmentDoc = new TypedDocumentString(`
    fragment MemberRow on Membership {
  id
  email
  name
  user {
    id
  }
  role {
    id
    name
  }
  teams {
    id
    name
  }
  joinedAt
}
    `, {"fragmentName":"MemberRow"}) as unknown as TypedDocumentString<MemberRowFragment, unknown>;
export const OrganizationRowFragmentDoc = new TypedDocumentString(`
    fragment OrganizationRow on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
}
    `, {"fragmentName":"OrganizationRow"}) as unknown as TypedDocumentString<OrganizationRowFragment, unknown>;
export const ListKeysDocument = new TypedDocumentString(`
    query ListKeys($organizationId: ID, $filter: ApiKeyFilter, $orderBy: ApiKeyOrder, $first: Int, $after: String) {
  apiKeys(
    organizationId: $organizationId
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
  ) {
    nodes {
      ...KeyRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}`) as unknown as TypedDocumentString<ListKeysQuery, ListKeysQueryVariables>;
export const ShowKeyDocument = new TypedDocumentString(`
    query ShowKey($id: ID!) {
  apiKey(id: $id) {
    ...KeyDetails
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}`) as unknown as TypedDocumentString<ShowKeyQuery, ShowKeyQueryVariables>;
export const OrganizationOfKeyDocument = new TypedDocumentString(`
    query OrganizationOfKey($id: ID!) {
  apiKey(id: $id) {
    organization {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<OrganizationOfKeyQuery, OrganizationOfKeyQueryVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    ... on CreateApiKeyPayload {
      __typename
      secret
      apiKey {
        ...KeyDetails
      }
    }
    ...Refused
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}
fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const UpdateKeyDocument = new TypedDocumentString(`
    mutation UpdateKey($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) {
    ... on UpdateApiKeyPayload {
      __typename
      apiKey {
        ...KeyDetails
      }
    }
    ...Refused
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}
fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<UpdateKeyMutation, UpdateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) {
    ... on RotateApiKeyPayload {
      __typename
      secret
      apiKey {
        ...KeyDetails
      }
      retiring {
        ...KeySecret
      }
    }
    ...Refused
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}
fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const RevokeKeysDocument = new TypedDocumentString(`
    mutation RevokeKeys($input: RevokeApiKeysInput!) {
  revokeApiKeys(input: $input) {
    ... on RevokeApiKeysPayload {
      __typename
      apiKeys {
        ...KeyRow
      }
      propagation {
        ...Reach
      }
    }
    ...Refused
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment Reach on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<RevokeKeysMutation, RevokeKeysMutationVariables>;
export const RevokeSecretDocument = new TypedDocumentString(`
    mutation RevokeSecret($input: RevokeApiKeySecretInput!) {
  revokeApiKeySecret(input: $input) {
    ... on RevokeApiKeySecretPayload {
      __typename
      apiKey {
        ...KeyDetails
      }
      propagation {
        ...Reach
      }
    }
    ...Refused
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}
fragment KeySecret on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
fragment Somebody on Actor {
  ... on User {
    __typename
    id
    email
  }
  ... on ApiKey {
    __typename
    id
    name
  }
  ... on SystemActor {
    __typename
    name
  }
}
fragment KeyDetails on ApiKey {
  ...KeyRow
  organization {
    id
    name
  }
  createdBy {
    ...Somebody
  }
  revokedBy {
    ...Somebody
  }
  secrets {
    ...KeySecret
  }
}
fragment Reach on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<RevokeSecretMutation, RevokeSecretMutationVariables>;
export const VerifyKeyDocument = new TypedDocumentString(`
    mutation VerifyKey($input: VerifyApiKeyInput!) {
  verifyApiKey(input: $input) {
    valid
    code
    message
    remaining
    resetAt
    apiKey {
      ...KeyRow
    }
  }
}
    fragment KeyRow on ApiKey {
  id
  name
  description
  environment
  status
  start
  role {
    id
    name
  }
  grants
  permissions
  teams {
    id
    name
  }
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
}`) as unknown as TypedDocumentString<VerifyKeyMutation, VerifyKeyMutationVariables>;
export const ListMembersDocument = new TypedDocumentString(`
    query ListMembers($organizationId: ID, $first: Int, $after: String) {
  organization(id: $organizationId) {
    members(first: $first, after: $after) {
      nodes {
        ...MemberRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment MemberRow on Membership {
  id
  email
  name
  user {
    id
  }
  role {
    id
    name
  }
  teams {
    id
    name
  }
  joinedAt
}`) as unknown as TypedDocumentString<ListMembersQuery, ListMembersQueryVariables>;
export const InviteMemberDocument = new TypedDocumentString(`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    ... on InviteMemberPayload {
      __typename
      membership {
        ...MemberRow
      }
      signInUrl
    }
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}
fragment MemberRow on Membership {
  id
  email
  name
  user {
    id
  }
  role {
    id
    name
  }
  teams {
    id
    name
  }
  joinedAt
}`) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    ... on RemoveMemberPayload {
      __typename
      removedId
    }
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  message
  code
  ... on ValidationError {
    issues {
      path
      message
    }
  }
}`) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const ListOrganizationsDocument = new TypedDocumentString(`
    query ListOrganizations($first: Int, $after: String) {
  viewer {
    organizations(first: $first, after: $after) {
      nodes {
        ...OrganizationRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment OrganizationRow on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
}`) as unknown as TypedDocumentString<ListOrganizationsQuery, ListOrganizationsQueryVariables>;
export const ShowOrganizationDocument = new TypedDocumentString(`
    query ShowOrganization($id: ID) {
  organization(id: $id) {
    ...OrganizationRow
    limits {
      maxActiveApiKeys
      activeApiKeys
    }
    rotationPolicy {
      liveDays
      testDays
    }
    permissionCatalog {
      name
      description
      builtIn
    }
  }
}
    fragment OrganizationRow on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
}`) as unknown as TypedDocumentString<ShowOrganizationQuery, ShowOrganizationQueryVariables>;
export const SummarizeKeysDocument = new TypedDocumentString(`
    query SummarizeKeys($id: ID) {
  organization(id: $id) {
    keySummary {
      active
      disabled
      expired
      revoked
      unused
      unusedIsExact
      rotationOverdue
      rotationOverdueIsExact
      expiringSoon
      expiringSoonIsExact
      verifiedLastDay
      deniedLastDay
    }
  }
}
    `) as unknown as TypedDocumentString<SummarizeKeysQuery, SummarizeKeysQueryVariables>;
export const FindRolesDocument = new TypedDocumentString(`
    query FindRoles($organizationId: ID, $after: String) {
  organization(id: $organizationId) {
    roles(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FindRolesQuery, FindRolesQueryVariables>;
export const FindTeamsDocument = new TypedDocumentString(`
    query FindTeams($organizationId: ID, $after: String) {
  organization(id: $organizationId) {
    teams(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FindTeamsQuery, FindTeamsQueryVariables>;