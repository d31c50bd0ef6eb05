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

/** A new organization */
export type CreateOrganizationInput = {
  /** First part of its keys, at most 16 characters of a-z, 0-9 and single _; left out: the server’s */
  keyPrefix?: string | null | undefined;
  /** 1 to 100 characters */
  name: string;
  /** Up to 50 of a-z, 0-9 and -; left out: made from the name */
  slug?: string | null | undefined;
};

/** A new team */
export type CreateTeamInput = {
  /** 1 to 100 characters, unique in the organization */
  name: string;
  /** May be left out by an API key, or a user of a single organization */
  organizationId?: string | number | null | undefined;
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

/** The direction of an order */
export type OrderDirection =
  /** Smallest, earliest or first in the alphabet first */
  | 'ASC'
  /** Largest, latest or last in the alphabet first */
  | 'DESC';

/** A permission of the organization’s own */
export type PermissionDefinitionInput = {
  /** What it lets its holder do, at most 500 characters */
  description?: string | null | undefined;
  /** Its name, without a wildcard */
  name: string;
};

/** How often a key is accepted */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** The end of a key */
export type RevokeApiKeyInput = {
  /** The key */
  id: string | number;
  /** Why, for the audit log: up to 500 characters */
  reason?: string | null | undefined;
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

/** After how many days a key should get a new secret; what is left out stays */
export type RotationPolicyInput = {
  /** Live keys, 1 to 3,650; null: no rotation asked for */
  liveDays?: number | null | undefined;
  /** Test keys, 1 to 3,650; null: no rotation asked for */
  testDays?: number | null | undefined;
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

/** A sign-in */
export type SignInInput = {
  /** The token of a one-time sign-in link, after `#token=` */
  token: string;
};

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

/** Changes of an organization; what is left out stays */
export type UpdateOrganizationInput = {
  /** The organization */
  id: string | number;
  /** For keys made from now on; older keys go on being accepted */
  keyPrefix?: string | null | undefined;
  /** 1 to 100 characters */
  name?: string | null | undefined;
  /** All of the organization’s own permissions; the built-in ones stay */
  permissionCatalog?: Array<PermissionDefinitionInput> | null | undefined;
  /** When keys should get a new secret */
  rotationPolicy?: RotationPolicyInput | null | undefined;
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

export type KeyFieldsFragment = { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> };

type Refused_ConflictError_Fragment = { __typename: 'ConflictError', message: string, code: ErrorCode };

type Refused_EscalationError_Fragment = { __typename: 'EscalationError', permissions: Array<string>, message: string, code: ErrorCode };

type Refused_LimitExceededError_Fragment = { __typename: 'LimitExceededError', limit: number, current: number, message: string, code: ErrorCode };

type Refused_NotFoundError_Fragment = { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode };

type Refused_ValidationError_Fragment = { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> };

export type RefusedFragment =
  | Refused_ConflictError_Fragment
  | Refused_EscalationError_Fragment
  | Refused_LimitExceededError_Fragment
  | Refused_NotFoundError_Fragment
  | Refused_ValidationError_Fragment
;

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { createApiKey:
    | { __typename: 'CreateApiKeyPayload', secret: string, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> } }
    | { __typename: 'EscalationError', permissions: Array<string>, message: string, code: ErrorCode }
    | { __typename: 'LimitExceededError', limit: number, current: number, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type UpdateKeyMutationVariables = Exact<{
  input: UpdateApiKeyInput;
}>;


export type UpdateKeyMutation = { updateApiKey:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', permissions: Array<string>, message: string, code: ErrorCode }
    | { __typename: 'LimitExceededError', limit: number, current: number, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'UpdateApiKeyPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateKeyMutation = { rotateApiKey:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', permissions: Array<string>, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RotateApiKeyPayload', secret: string, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }, retiring: { id: string, status: SecretStatus, expiresAt: string | null } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeKeyMutation = { revokeApiKey:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeyPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
   | null };

export type RevokeKeysMutationVariables = Exact<{
  input: RevokeApiKeysInput;
}>;


export type RevokeKeysMutation = { revokeApiKeys:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeysPayload', apiKeys: Array<{ id: string, status: ApiKeyStatus }>, propagation: { confirmedNodes: number, totalNodes: number } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeSecretMutationVariables = Exact<{
  input: RevokeApiKeySecretInput;
}>;


export type RevokeSecretMutation = { revokeApiKeySecret:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeySecretPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> } }
   | null };

export type VerifyKeyMutationVariables = Exact<{
  input: VerifyApiKeyInput;
}>;


export type VerifyKeyMutation = { verifyApiKey: { valid: boolean, code: VerificationCode, message: string, remaining: number | null, resetAt: string | null, apiKey: { id: string } | null } | null };

export type MakeTeamMutationVariables = Exact<{
  input: CreateTeamInput;
}>;


export type MakeTeamMutation = { createTeam:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'CreateTeamPayload', team: { id: string, name: string, organization: { id: string } } }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type MakeOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type MakeOrganizationMutation = { createOrganization:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'CreateOrganizationPayload', organization: { id: string, name: string, slug: string, keyPrefix: string } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type ChangeOrganizationMutationVariables = Exact<{
  input: UpdateOrganizationInput;
}>;


export type ChangeOrganizationMutation = { updateOrganization:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'UpdateOrganizationPayload', organization: { id: string, name: string, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, builtIn: boolean }> | null } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn:
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'SignInPayload', sessionToken: string, expiresAt: string, user: { id: string, email: string } }
   | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { signedOut: boolean } | null };

export type KeyQueryVariables = Exact<{
  id: string | number;
}>;


export type KeyQuery = { apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, createdBy:
      | { __typename: 'ApiKey', id: string }
      | { __typename: 'SystemActor', name: string }
      | { __typename: 'User', email: string }
     | null, auditLog: { nodes: Array<{ action: string, sequence: string, changes: Record<string, unknown>, actor:
          | { __typename: 'ApiKey' }
          | { __typename: 'SystemActor' }
          | { __typename: 'User' }
         }> } | null, usage: Array<{ verified: number, denied: number }> | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> } | null };

export type KeysQueryVariables = Exact<{
  organizationId?: string | number | null | undefined;
  filter?: ApiKeyFilter | null | undefined;
  orderBy?: ApiKeyOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type KeysQuery = { apiKeys: { nodes: Array<{ id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type WhoamiQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoamiQuery = { viewer: { actor:
      | { __typename: 'ApiKey', id: string }
      | { __typename: 'SystemActor', name: string }
      | { __typename: 'User', id: string, email: string }
    , organizations: { totalCount: number, nodes: Array<{ id: string, slug: string }> } } };

export type EverythingQueryVariables = Exact<{
  id?: string | number | null | undefined;
}>;


export type EverythingQuery = { organization: { id: string, name: string, slug: string, keyPrefix: string, createdAt: string, limits: { maxActiveApiKeys: number | null, activeApiKeys: number } | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null, keySummary: { active: number, disabled: number, expired: number, revoked: number, unused: number, unusedIsExact: boolean, rotationOverdue: number, rotationOverdueIsExact: boolean, expiringSoon: number, expiringSoonIsExact: boolean, verifiedLastDay: number, deniedLastDay: number } | null, teams: { nodes: Array<{ id: string, name: string, members: { totalCount: number } | null, apiKeys: { totalCount: number } | null }> } | null, members: { nodes: Array<{ id: string, joinedAt: string | null, user: { email: string } | null, role: { name: string }, teams: Array<{ name: string }> }> } | null, roles: { nodes: Array<{ name: string, system: boolean, memberCount: number | null, apiKeyCount: number | null }> } | null, auditLog: { nodes: Array<{ id: string, action: string, sequence: string, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string }> } | null } | null };

export type AnyNodeQueryVariables = Exact<{
  id: string | number;
}>;


export type AnyNodeQuery = { node:
    | { __typename: 'ApiKey', id: string }
    | { __typename: 'ApiKeySecret', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Membership', id: string }
    | { __typename: 'Organization', id: string }
    | { __typename: 'Role', id: string }
    | { __typename: 'Team', id: string }
    | { __typename: 'User', id: string }
   | null };

export type AnyNodesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type AnyNodesQuery = { nodes: Array<
    | { __typename: 'ApiKey', id: string }
    | { __typename: 'ApiKeySecret', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'Membership', id: string }
    | { __typename: 'Organization', id: string }
    | { __typename: 'Role', id: string }
    | { __typename: 'Team', id: string }
    | { __typename: 'User', id: string }
   | null> };

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
export const KeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
  }
}
    `, {"fragmentName":"KeyFields"}) as unknown as TypedDocumentString<KeyFieldsFragment, unknown>;
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    ... on CreateApiKeyPayload {
      __typename
      secret
      apiKey {
        ...KeyFields
      }
    }
    ...Refused
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const UpdateKeyDocument = new TypedDocumentString(`
    mutation UpdateKey($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) {
    ... on UpdateApiKeyPayload {
      __typename
      apiKey {
        ...KeyFields
      }
    }
    ...Refused
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<UpdateKeyMutation, UpdateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) {
    ... on RotateApiKeyPayload {
      __typename
      secret
      apiKey {
        ...KeyFields
      }
      retiring {
        id
        status
        expiresAt
      }
    }
    ...Refused
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const RevokeKeyDocument = new TypedDocumentString(`
    mutation RevokeKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) {
    ... on RevokeApiKeyPayload {
      __typename
      apiKey {
        ...KeyFields
      }
      propagation {
        confirmedNodes
        totalNodes
        milliseconds
      }
    }
    ...Refused
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const RevokeKeysDocument = new TypedDocumentString(`
    mutation RevokeKeys($input: RevokeApiKeysInput!) {
  revokeApiKeys(input: $input) {
    ... on RevokeApiKeysPayload {
      __typename
      apiKeys {
        id
        status
      }
      propagation {
        confirmedNodes
        totalNodes
      }
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<RevokeKeysMutation, RevokeKeysMutationVariables>;
export const RevokeSecretDocument = new TypedDocumentString(`
    mutation RevokeSecret($input: RevokeApiKeySecretInput!) {
  revokeApiKeySecret(input: $input) {
    ... on RevokeApiKeySecretPayload {
      __typename
      apiKey {
        ...KeyFields
      }
    }
    ...Refused
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
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
      id
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyKeyMutation, VerifyKeyMutationVariables>;
export const MakeTeamDocument = new TypedDocumentString(`
    mutation MakeTeam($input: CreateTeamInput!) {
  createTeam(input: $input) {
    ... on CreateTeamPayload {
      __typename
      team {
        id
        name
        organization {
          id
        }
      }
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<MakeTeamMutation, MakeTeamMutationVariables>;
export const MakeOrganizationDocument = new TypedDocumentString(`
    mutation MakeOrganization($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    ... on CreateOrganizationPayload {
      __typename
      organization {
        id
        name
        slug
        keyPrefix
      }
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<MakeOrganizationMutation, MakeOrganizationMutationVariables>;
export const ChangeOrganizationDocument = new TypedDocumentString(`
    mutation ChangeOrganization($input: UpdateOrganizationInput!) {
  updateOrganization(input: $input) {
    ... on UpdateOrganizationPayload {
      __typename
      organization {
        id
        name
        rotationPolicy {
          liveDays
          testDays
        }
        permissionCatalog {
          name
          builtIn
        }
      }
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<ChangeOrganizationMutation, ChangeOrganizationMutationVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    ... on SignInPayload {
      __typename
      sessionToken
      expiresAt
      user {
        id
        email
      }
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
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    limit
    current
  }
  ... on EscalationError {
    permissions
  }
}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  signOut {
    signedOut
  }
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const KeyDocument = new TypedDocumentString(`
    query Key($id: ID!) {
  apiKey(id: $id) {
    ...KeyFields
    createdBy {
      __typename
      ... on SystemActor {
        name
      }
      ... on User {
        email
      }
      ... on ApiKey {
        id
      }
    }
    auditLog(first: 50) {
      nodes {
        action
        sequence
        changes
        actor {
          __typename
        }
      }
    }
    usage(granularity: MINUTE) {
      verified
      denied
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
  }
}`) as unknown as TypedDocumentString<KeyQuery, KeyQueryVariables>;
export const KeysDocument = new TypedDocumentString(`
    query Keys($organizationId: ID, $filter: ApiKeyFilter, $orderBy: ApiKeyOrder, $first: Int, $after: String, $last: Int, $before: String) {
  apiKeys(
    organizationId: $organizationId
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    nodes {
      ...KeyFields
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  name
  description
  environment
  status
  start
  grants
  permissions
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
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  rotationDueAt
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
  secrets {
    id
    start
    status
    expiresAt
    lastUsedAt
    uses
  }
}`) as unknown as TypedDocumentString<KeysQuery, KeysQueryVariables>;
export const WhoamiDocument = new TypedDocumentString(`
    query Whoami {
  viewer {
    actor {
      __typename
      ... on User {
        id
        email
      }
      ... on ApiKey {
        id
      }
      ... on SystemActor {
        name
      }
    }
    organizations {
      nodes {
        id
        slug
      }
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<WhoamiQuery, WhoamiQueryVariables>;
export const EverythingDocument = new TypedDocumentString(`
    query Everything($id: ID) {
  organization(id: $id) {
    id
    name
    slug
    keyPrefix
    createdAt
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
    teams {
      nodes {
        id
        name
        members {
          totalCount
        }
        apiKeys {
          totalCount
        }
      }
    }
    members {
      nodes {
        id
        joinedAt
        user {
          email
        }
        role {
          name
        }
        teams {
          name
        }
      }
    }
    roles {
      nodes {
        name
        system
        memberCount
        apiKeyCount
      }
    }
    auditLog {
      nodes {
        id
        action
        sequence
        targetId
        changes
        ip
        userAgent
        occurredAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<EverythingQuery, EverythingQueryVariables>;
export const AnyNodeDocument = new TypedDocumentString(`
    query AnyNode($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<AnyNodeQuery, AnyNodeQueryVariables>;
export const AnyNodesDocument = new TypedDocumentString(`
    query AnyNodes($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<AnyNodesQuery, AnyNodesQueryVariables>;