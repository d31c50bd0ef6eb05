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

/** What a change conflicts with */
export type ConflictReason =
  /** The key or secret has expired */
  | 'EXPIRED'
  /** The idempotency key was used for another mutation, or with another input */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** API keys or members use the object */
  | 'IN_USE'
  /** The organization would be left without an owner */
  | 'LAST_OWNER'
  /** Another object has this name or slug */
  | 'NAME_TAKEN'
  /** Another conflict, described by the message */
  | 'OTHER'
  /** The key is revoked. Revoking a key or secret again is not a conflict */
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

/** Input of `createOrganization` */
export type CreateOrganizationInput = {
  /** Identifies the request, so that it can be sent again if the response is lost: 20 to 200 characters, such as a UUIDv4. It must be unpredictable, with at least 128 random bits, and kept secret. A repetition by the same caller within 24 hours changes nothing and returns the first response with the current state of the object, secret or link included */
  idempotencyKey?: string | null | undefined;
  /** First part of the organization’s keys: at most 16 characters of a-z, 0-9 and single _. Omit for the server’s default */
  keyPrefix?: string | null | undefined;
  /** Name of the organization: 1 to 100 characters */
  name: string;
  /** Slug: up to 50 characters of a-z, 0-9 and -. Omit to derive it from the name */
  slug?: string | null | undefined;
};

/** Input of `createTeam` */
export type CreateTeamInput = {
  /** Name of the team: 1 to 100 characters, unique in the organization */
  name: string;
  /** ID of the organization. May be omitted by API keys and by users who belong to exactly one organization */
  organizationId?: string | number | null | undefined;
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

/** Sort direction */
export type OrderDirection =
  /** Ascending */
  | 'ASC'
  /** Descending */
  | 'DESC';

/** A custom permission of an organization */
export type PermissionDefinitionInput = {
  /** What the permission allows: at most 500 characters */
  description?: string | null | undefined;
  /** Name of the permission, without a wildcard */
  name: string;
};

/** Rate limit of an API key */
export type RateLimitInput = {
  /** Accepted verifications per window: 1 to 1,000,000,000 */
  limit: number;
  /** Length of the window in seconds: 1 to 2,592,000 (30 days) */
  windowSeconds: number;
};

/** Input of `revokeApiKey` */
export type RevokeApiKeyInput = {
  /** ID of the key: `key_…` */
  id: string | number;
  /** Reason for the revocation, recorded in the audit log: up to 500 characters */
  reason?: string | null | undefined;
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

/** Rotation interval of API keys. Omitted fields keep their value */
export type RotationPolicyInput = {
  /** Days between rotations of live keys: 1 to 3,650. Null for no rotation */
  liveDays?: number | null | undefined;
  /** Days between rotations of test keys: 1 to 3,650. Null for no rotation */
  testDays?: number | null | undefined;
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

/** Input of `signIn` */
export type SignInInput = {
  /** Token of a one-time sign-in link: the part after `#token=` */
  token: string;
};

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

/** Input of `updateOrganization`. Omitted fields keep their value */
export type UpdateOrganizationInput = {
  /** All web origins whose pages may call the API with an explicit credential of the organization: at most 50, each `scheme://host` or `scheme://host:port`. Replaces the previous list */
  allowedOrigins?: Array<string> | null | undefined;
  /** ID of the organization: `org_…` */
  id: string | number;
  /** First part of new keys. Existing keys are still accepted */
  keyPrefix?: string | null | undefined;
  /** Maximum number of active API keys: 0 to 2,147,483,647. Null for no limit. Existing keys above the limit stay active. Requires an operator token */
  maxActiveApiKeys?: number | null | undefined;
  /** Name of the organization: 1 to 100 characters */
  name?: string | null | undefined;
  /** All custom permissions of the organization. Replaces the previous list; built-in permissions are kept */
  permissionCatalog?: Array<PermissionDefinitionInput> | null | undefined;
  /** Rotation interval of API keys */
  rotationPolicy?: RotationPolicyInput | null | undefined;
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

export type KeyFieldsFragment = { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> };

type Refused_ConflictError_Fragment = { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode };

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
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
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
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
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
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
    | { __typename: 'EscalationError', permissions: Array<string>, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RotateApiKeyPayload', secret: string, apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }, retiring: { id: string, status: SecretStatus, expiresAt: string | null } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeKeyMutation = { revokeApiKey:
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeyPayload', apiKey: { id: string, name: string, description: string | null, environment: Environment, status: ApiKeyStatus, start: string, grants: Array<string>, permissions: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdAt: string, updatedAt: string, expiresAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, rotationDueAt: string | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, secrets: Array<{ id: string, start: string, status: SecretStatus, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
   | null };

export type RevokeKeysMutationVariables = Exact<{
  input: RevokeApiKeysInput;
}>;


export type RevokeKeysMutation = { revokeApiKeys:
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'RevokeApiKeysPayload', apiKeys: Array<{ id: string, status: ApiKeyStatus }>, propagation: { confirmedNodes: number, totalNodes: number } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RevokeSecretMutationVariables = Exact<{
  input: RevokeApiKeySecretInput;
}>;


export type RevokeSecretMutation = { revokeApiKeySecret:
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
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
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
    | { __typename: 'CreateTeamPayload', team: { id: string, name: string, organization: { id: string } } }
    | { __typename: 'NotFoundError', id: string, message: string, code: ErrorCode }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type MakeOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type MakeOrganizationMutation = { createOrganization:
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
    | { __typename: 'CreateOrganizationPayload', organization: { id: string, name: string, slug: string, keyPrefix: string } }
    | { __typename: 'ValidationError', message: string, code: ErrorCode, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type ChangeOrganizationMutationVariables = Exact<{
  input: UpdateOrganizationInput;
}>;


export type ChangeOrganizationMutation = { updateOrganization:
    | { __typename: 'ConflictError', reason: ConflictReason, message: string, code: ErrorCode }
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
    | { __typename: 'Session', id: string }
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
    | { __typename: 'Session', id: string }
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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
  ... on ConflictError {
    reason
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