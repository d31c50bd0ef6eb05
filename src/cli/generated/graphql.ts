/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Filter for a list of API keys. A key must match every field that is provided */
export type ApiKeyFilter = {
  /** Keys created by the user or API key with this ID */
  createdById?: string | number | null | undefined;
  /** Keys in this environment */
  environment?: Environment | null | undefined;
  /** Keys that expire before this time */
  expiresBefore?: string | null | undefined;
  /** Keys with exactly this `externalId` */
  externalId?: string | null | undefined;
  /** Keys whose metadata contains these members: at most 10, with strings, numbers, booleans or null as values. Values are equal if type and value are, and null doesn’t match a missing member. Names and strings have at most 200 characters. Omit it or pass an empty object to match keys with any metadata */
  metadata?: Record<string, unknown> | null | undefined;
  /** Keys assigned the role with this ID */
  roleId?: string | number | null | undefined;
  /** Keys whose rotation is due before this time */
  rotationDueBefore?: string | null | undefined;
  /** Text contained in the name, description, start or ID, case-insensitive */
  search?: string | null | undefined;
  /** Keys with any of these statuses. Omit for all except REVOKED */
  status?: Array<ApiKeyStatus> | null | undefined;
  /** Keys bound to the team with this ID */
  teamId?: string | number | null | undefined;
  /** Keys not used since this time, or never used and created before it */
  unusedSince?: string | null | undefined;
};

/** Sort order of a list of API keys */
export type ApiKeyOrder = {
  /** Sort direction */
  direction: OrderDirection;
  /** Field to sort by */
  field: ApiKeyOrderField;
};

/** Field to sort API keys by. Keys with equal values are sorted by `id` */
export type ApiKeyOrderField =
  /** Creation time */
  | 'CREATED_AT'
  /** Expiry time. Keys without an expiry sort as latest */
  | 'EXPIRES_AT'
  /** Time of the last use. Keys that were never used sort as earliest */
  | 'LAST_USED_AT'
  /** Name, case-insensitive */
  | 'NAME';

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

/** Reason why a mutation was rejected */
export type ErrorCode =
  /** The change conflicts with the current state */
  | 'CONFLICT'
  /** The caller would grant permissions it doesn’t have */
  | 'ESCALATION'
  /** The change would exceed a limit of the organization */
  | 'LIMIT_EXCEEDED'
  /** The object doesn’t exist or you can’t access it */
  | 'NOT_FOUND'
  /** The input contains invalid values */
  | 'VALIDATION_FAILED';

/** Input of `inviteMember` */
export type InviteMemberInput = {
  /** E-mail address of the person, case-insensitive */
  email: string;
  /** Identifies the request, so that it can be sent again if the response is lost: 20 to 200 characters, such as a UUIDv4. It must be unpredictable, with at least 128 random bits, and kept secret. A repetition by the same caller within 24 hours changes nothing and returns the first response with the current state of the object, secret or link included */
  idempotencyKey?: string | null | undefined;
  /** The person’s name in your organization, 1 to 100 characters */
  name?: string | null | undefined;
  /** ID of the organization. May be omitted by API keys and by users who belong to exactly one organization */
  organizationId?: string | number | null | undefined;
  /** ID of the member’s role. You must have every permission of the role */
  roleId: string | number;
  /** IDs of the teams that the member joins, up to 50 */
  teamIds?: Array<string | number> | null | undefined;
};

/** Sort direction */
export type OrderDirection =
  /** Ascending */
  | 'ASC'
  /** Descending */
  | 'DESC';

/** Rate limit of an API key */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window in seconds: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** Input of `removeMember` */
export type RemoveMemberInput = {
  /** ID of the membership: `mem_…` */
  id: string | number;
};

/** Input of `revokeApiKeySecret` */
export type RevokeApiKeySecretInput = {
  /** ID of the secret: `sec_…` */
  id: string | number;
};

/** Input of `revokeApiKeys` */
export type RevokeApiKeysInput = {
  /** IDs of 1 to 500 keys. Either all of them are revoked or none */
  ids: Array<string | number>;
  /** Reason for the revocation, recorded in the audit log: up to 500 characters */
  reason?: string | null | undefined;
};

/** Input of `rotateApiKey` */
export type RotateApiKeyInput = {
  /** ID of the key: `key_…` */
  id: string | number;
  /** Identifies the request, so that it can be sent again if the response is lost: 20 to 200 characters, such as a UUIDv4. It must be unpredictable, with at least 128 random bits, and kept secret. A repetition by the same caller within 24 hours changes nothing and returns the first response with the current state of the object, secret or link included */
  idempotencyKey?: string | null | undefined;
  /** Seconds for which the previous secret is still accepted: 0 (it expires immediately) to 7,776,000 (90 days) */
  overlapSeconds?: number | null | undefined;
};

/** Status of a secret */
export type SecretStatus =
  /** The newest secret. It is accepted while its key is accepted */
  | 'ACTIVE'
  /** The overlap after a rotation has passed, or the key has expired */
  | 'EXPIRED'
  /** Replaced by a newer secret, and accepted until `expiresAt` */
  | 'RETIRING'
  /** The secret is permanently denied */
  | 'REVOKED';

/** Input of `updateApiKey`. Omitted fields keep their value; null clears a field */
export type UpdateApiKeyInput = {
  /** Description of the key: up to 500 characters */
  description?: string | null | undefined;
  /** Whether the key is enabled. A disabled key is denied until it is enabled again. Can’t be null */
  enabled?: boolean | null | undefined;
  /** When the key expires */
  expiresAt?: string | null | undefined;
  /** ID of the key’s owner in your own system: up to 200 characters */
  externalId?: string | null | undefined;
  /** Permissions granted in addition to the role, up to 100 */
  grants?: Array<string> | null | undefined;
  /** ID of the key: `key_…` */
  id: string | number;
  /** Networks that the key may be used from, up to 100 */
  ipAllowlist?: Array<string> | null | undefined;
  /** Your own data about the key: up to 16 KB of JSON. Replaces the previous value as a whole */
  metadata?: Record<string, unknown> | null | undefined;
  /** Name of the key: 1 to 100 characters. Can’t be null */
  name?: string | null | undefined;
  /** Rate limit of the key */
  rateLimit?: RateLimitInput | null | undefined;
  /** ID of the role that the key is assigned */
  roleId?: string | number | null | undefined;
  /** IDs of the teams that the key is bound to, up to 50 */
  teamIds?: Array<string | number> | null | undefined;
};

/** Input of `updateApiKeys` */
export type UpdateApiKeysInput = {
  /** Whether the keys are enabled. Disabled keys are denied until they are enabled again */
  enabled: boolean;
  /** IDs of 1 to 500 keys: `key_…` */
  ids: Array<string | number>;
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
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
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

export type SwitchKeysMutationVariables = Exact<{
  input: UpdateApiKeysInput;
}>;


export type SwitchKeysMutation = { updateApiKeys:
    | { __typename: 'ConflictError', message: string, code: ErrorCode }
    | { __typename: 'EscalationError', message: string, code: ErrorCode }
    | { __typename: 'LimitExceededError', message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', message: string, code: ErrorCode }
    | { __typename: 'UpdateApiKeysPayload', apiKeys: Array<{ id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null }>, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
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


export type ShowOrganizationQuery = { organization: { allowedOrigins: Array<string> | null, id: string, name: string, slug: string, keyPrefix: string, createdAt: string, limits: { maxActiveApiKeys: number | null, activeApiKeys: number } | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null } | null };

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
export const SwitchKeysDocument = new TypedDocumentString(`
    mutation SwitchKeys($input: UpdateApiKeysInput!) {
  updateApiKeys(input: $input) {
    ... on UpdateApiKeysPayload {
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
}`) as unknown as TypedDocumentString<SwitchKeysMutation, SwitchKeysMutationVariables>;
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
    allowedOrigins
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