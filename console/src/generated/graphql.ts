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

/** Filter for the audit log. An entry must match every field that is provided */
export type AuditFilter = {
  /** Entries with any of these actions */
  actions?: Array<string> | null | undefined;
  /** Entries by the user or API key with this ID */
  actorId?: string | number | null | undefined;
  /** Entries at or after this time. With `from` or `to`, the log is sorted by time instead of `sequence` */
  from?: string | null | undefined;
  /** Only changes or only denied attempts */
  outcome?: AuditOutcome | null | undefined;
  /** Entries about the object with this ID */
  targetId?: string | number | null | undefined;
  /** Entries before this time */
  to?: string | null | undefined;
};

/** Whether an audit entry records a change or a denied attempt */
export type AuditOutcome =
  /** The attempt was denied, and nothing changed */
  | 'DENIED'
  /** The change took effect */
  | 'DONE';

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

/** Input of `createRole` */
export type CreateRoleInput = {
  /** Description of the role: up to 500 characters */
  description?: string | null | undefined;
  /** Name of the role: 1 to 100 characters, without invisible characters, unique in the organization. Must not resemble the name of a system role */
  name: string;
  /** ID of the organization. May be omitted by API keys and by users who belong to exactly one organization */
  organizationId?: string | number | null | undefined;
  /** Permissions of the role, up to 100. You must have each of them */
  permissions: Array<string>;
};

/** Input of `createTeam` */
export type CreateTeamInput = {
  /** Name of the team: 1 to 100 characters, unique in the organization */
  name: string;
  /** ID of the organization. May be omitted by API keys and by users who belong to exactly one organization */
  organizationId?: string | number | null | undefined;
};

/** Input of `deleteRole` */
export type DeleteRoleInput = {
  /** ID of the role: `role_…` */
  id: string | number;
};

/** Input of `deleteTeam` */
export type DeleteTeamInput = {
  /** ID of the team: `team_…` */
  id: string | number;
};

/** Filter for denied verifications. An entry must match every field that is provided */
export type DenialFilter = {
  /** Denials of the API key with this ID */
  apiKeyId?: string | number | null | undefined;
  /** Denials with any of these codes */
  codes?: Array<VerificationCode> | null | undefined;
  /** Denials at or after this time */
  from?: string | null | undefined;
  /** Denials from this IP address */
  ip?: string | null | undefined;
  /** Denials before this time */
  to?: string | null | undefined;
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

/** Input of `removeMember` */
export type RemoveMemberInput = {
  /** ID of the membership: `mem_…` */
  id: string | number;
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

/** Input of `revokeSession` */
export type RevokeSessionInput = {
  /** ID of one of your own sessions: `ses_…` */
  id: string | number;
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

/** Input of `updateMember`. Omitted fields keep their value */
export type UpdateMemberInput = {
  /** ID of the membership: `mem_…` */
  id: string | number;
  /** ID of the member’s role. Can’t be null */
  roleId?: string | number | null | undefined;
  /** IDs of all teams of the member, up to 50. Replaces the previous list; null removes the member from all teams */
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

/** Input of `updateRole`. Omitted fields keep their value */
export type UpdateRoleInput = {
  /** Description of the role: up to 500 characters */
  description?: string | null | undefined;
  /** ID of the role: `role_…` */
  id: string | number;
  /** Name of the role: 1 to 100 characters. Can’t be null */
  name?: string | null | undefined;
  /** All permissions of the role, up to 100. Replaces the previous list. Can’t be null */
  permissions?: Array<string> | null | undefined;
};

/** Input of `updateTeam`. Omitted fields keep their value */
export type UpdateTeamInput = {
  /** ID of the team: `team_…` */
  id: string | number;
  /** Name of the team: 1 to 100 characters, unique in the organization. Can’t be null */
  name?: string | null | undefined;
};

/** Length of a usage bucket. Buckets are aligned to UTC */
export type UsageGranularity =
  /** One day */
  | 'DAY'
  /** One hour */
  | 'HOUR'
  /** One minute */
  | 'MINUTE';

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

/** Where a verifier runs */
export type VerifierKind =
  /** Inside another program */
  | 'EMBEDDED'
  /** A verification process of a server */
  | 'PROCESS';

type Fault_ConflictError_Fragment = { code: ErrorCode, message: string };

type Fault_EscalationError_Fragment = { permissions: Array<string>, code: ErrorCode, message: string };

type Fault_LimitExceededError_Fragment = { current: number, limit: number, code: ErrorCode, message: string };

type Fault_NotFoundError_Fragment = { id: string, code: ErrorCode, message: string };

type Fault_ValidationError_Fragment = { code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> };

export type FaultFragment =
  | Fault_ConflictError_Fragment
  | Fault_EscalationError_Fragment
  | Fault_LimitExceededError_Fragment
  | Fault_NotFoundError_Fragment
  | Fault_ValidationError_Fragment
;

export type VerifiersQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type VerifiersQuery = { organization: { id: string, verifiers: Array<{ id: string, kind: VerifierKind, name: string | null, connectedAt: string, cachedKeys: number, current: boolean }> | null } | null };

export type KeyDetailsQueryVariables = Exact<{
  id: string | number;
}>;


export type KeyDetailsQuery = { apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, createdBy:
      | { __typename: 'ApiKey', id: string, displayName: string }
      | { __typename: 'SystemActor', displayName: string }
      | { __typename: 'User', id: string, email: string, displayName: string }
     | null, revokedBy:
      | { __typename: 'ApiKey', id: string, displayName: string }
      | { __typename: 'SystemActor', displayName: string }
      | { __typename: 'User', id: string, email: string, displayName: string }
     | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } | null };

type ActorName_ApiKey_Fragment = { __typename: 'ApiKey', id: string, displayName: string };

type ActorName_SystemActor_Fragment = { __typename: 'SystemActor', displayName: string };

type ActorName_User_Fragment = { __typename: 'User', id: string, email: string, displayName: string };

export type ActorNameFragment =
  | ActorName_ApiKey_Fragment
  | ActorName_SystemActor_Fragment
  | ActorName_User_Fragment
;

export type KeyUsageQueryVariables = Exact<{
  id: string | number;
  from: string;
  granularity: UsageGranularity;
}>;


export type KeyUsageQuery = { apiKey: { id: string, usage: Array<{ start: string, verified: number, denied: number }> | null } | null };

export type PermissionMeaningsQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type PermissionMeaningsQuery = { organization: { id: string, permissionCatalog: Array<{ name: string, description: string | null }> | null } | null };

export type KeyAuditQueryVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type KeyAuditQuery = { apiKey: { id: string, auditLog: { nodes: Array<{ id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
          | { __typename: 'ApiKey', id: string, displayName: string }
          | { __typename: 'SystemActor', displayName: string }
          | { __typename: 'User', id: string, email: string, displayName: string }
         }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type KeyDenialHistoryQueryVariables = Exact<{
  organizationId: string | number;
  id: string | number;
  to: string;
}>;


export type KeyDenialHistoryQuery = { organization: { id: string, denials: { nodes: Array<{ code: VerificationCode, count: number, ip: string | null, occurredAt: string }> } | null } | null };

export type KeyDenialsSubscriptionVariables = Exact<{
  organizationId: string | number;
  apiKeyIds: Array<string | number> | string | number;
}>;


export type KeyDenialsSubscription = { apiKeyDenied: { code: VerificationCode, count: number, ip: string | null, occurredAt: string, apiKey: { id: string } | null } };

export type CreateKeyBoundsQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type CreateKeyBoundsQuery = { organization: { id: string, limits: { activeApiKeys: number, maxActiveApiKeys: number | null } | null } | null };

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { createApiKey:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'CreateApiKeyPayload', secret: string, apiKey: { id: string, name: string, environment: Environment } }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'LimitExceededError', current: number, limit: number, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type EditedKeyQueryVariables = Exact<{
  id: string | number;
}>;


export type EditedKeyQuery = { apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } | null };

export type UpdateKeyMutationVariables = Exact<{
  input: UpdateApiKeyInput;
}>;


export type UpdateKeyMutation = { updateApiKey:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'LimitExceededError', current: number, limit: number, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateApiKeyPayload', apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type KeyPageQueryVariables = Exact<{
  organizationId: string | number;
  filter?: ApiKeyFilter | null | undefined;
  orderBy?: ApiKeyOrder | null | undefined;
  after?: string | null | undefined;
  counted: boolean;
}>;


export type KeyPageQuery = { apiKeys: { totalCount?: number, totalCountIsExact?: boolean, nodes: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null };

export type KeysOnScreenQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type KeysOnScreenQuery = { nodes: Array<
    | { id: string, usage: Array<{ start: string, verified: number, denied: number }> | null, secrets: Array<{ id: string, status: SecretStatus, expiresAt: string | null }> }
    | Record<PropertyKey, never>
   | null> };

export type UpdateKeysMutationVariables = Exact<{
  input: UpdateApiKeysInput;
}>;


export type UpdateKeysMutation = { updateApiKeys:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'LimitExceededError', current: number, limit: number, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateApiKeysPayload', apiKeys: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }>, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type ReviewPageQueryVariables = Exact<{
  organizationId: string | number;
  filter: ApiKeyFilter;
  orderBy: ApiKeyOrder;
  after?: string | null | undefined;
}>;


export type ReviewPageQuery = { apiKeys: { totalCount: number, nodes: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null };

export type ReviewPolicyQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type ReviewPolicyQuery = { organization: { id: string, rotationPolicy: { liveDays: number | null, testDays: number | null } | null } | null };

export type LastDayOfKeysQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type LastDayOfKeysQuery = { nodes: Array<
    | { id: string, usage: Array<{ start: string, verified: number, denied: number }> | null }
    | Record<PropertyKey, never>
   | null> };

export type KeyOwnerQueryVariables = Exact<{
  id: string | number;
}>;


export type KeyOwnerQuery = { apiKey: { id: string, externalId: string | null, createdAt: string, lastUsedAt: string | null, lastUsedIp: string | null, createdBy:
      | { __typename: 'ApiKey', id: string, displayName: string }
      | { __typename: 'SystemActor', displayName: string }
      | { __typename: 'User', id: string, email: string, displayName: string }
     | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }> } | null };

export type PropagationFactsFragment = { confirmedNodes: number, totalNodes: number, milliseconds: number };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeKeyMutation = { revokeApiKey:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RevokeApiKeyPayload', apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
   | null };

export type RevokeKeysMutationVariables = Exact<{
  input: RevokeApiKeysInput;
}>;


export type RevokeKeysMutation = { revokeApiKeys:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RevokeApiKeysPayload', apiKeys: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }>, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RotatedKeyQueryVariables = Exact<{
  id: string | number;
}>;


export type RotatedKeyQuery = { apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> } | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateKeyMutation = { rotateApiKey:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RotateApiKeyPayload', secret: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type FinishRotationMutationVariables = Exact<{
  input: RevokeApiKeySecretInput;
}>;


export type FinishRotationMutation = { revokeApiKeySecret:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RevokeApiKeySecretPayload', apiKey: { id: string, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }> }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
   | null };

export type RotationUsageQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
  from: string;
  granularity: UsageGranularity;
}>;


export type RotationUsageQuery = { nodes: Array<
    | { __typename: 'ApiKey' }
    | { __typename: 'ApiKeySecret', id: string, usage: Array<{ start: string, verified: number }> | null }
    | { __typename: 'AuditEntry' }
    | { __typename: 'Membership' }
    | { __typename: 'Organization' }
    | { __typename: 'Role' }
    | { __typename: 'Session' }
    | { __typename: 'Team' }
    | { __typename: 'User' }
   | null> };

export type AuditFactsFragment = { id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
    | { __typename: 'ApiKey', id: string, displayName: string }
    | { __typename: 'SystemActor', displayName: string }
    | { __typename: 'User', id: string, email: string, displayName: string }
   };

export type AuditPageQueryVariables = Exact<{
  organizationId: string | number;
  filter?: AuditFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AuditPageQuery = { organization: { id: string, auditLog: { nodes: Array<{ id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
          | { __typename: 'ApiKey', id: string, displayName: string }
          | { __typename: 'SystemActor', displayName: string }
          | { __typename: 'User', id: string, email: string, displayName: string }
         }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } | null } | null };

export type AuditNamesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type AuditNamesQuery = { nodes: Array<
    | { __typename: 'ApiKey', id: string, keyName: string }
    | { __typename: 'ApiKeySecret' }
    | { __typename: 'AuditEntry' }
    | { __typename: 'Membership', id: string, email: string }
    | { __typename: 'Organization', id: string, organizationName: string }
    | { __typename: 'Role', id: string, roleName: string }
    | { __typename: 'Session' }
    | { __typename: 'Team', id: string, teamName: string }
    | { __typename: 'User', id: string, email: string }
   | null> };

export type AuditEntryByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type AuditEntryByIdQuery = { node:
    | { __typename: 'ApiKey' }
    | { __typename: 'ApiKeySecret' }
    | { __typename: 'AuditEntry', id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
       }
    | { __typename: 'Membership' }
    | { __typename: 'Organization' }
    | { __typename: 'Role' }
    | { __typename: 'Session' }
    | { __typename: 'Team' }
    | { __typename: 'User' }
   | null };

export type AuditContextQueryVariables = Exact<{
  organizationId: string | number;
  newer: AuditFilter;
  older: AuditFilter;
  same: AuditFilter;
  count: number;
}>;


export type AuditContextQuery = { organization: { id: string, newer: { nodes: Array<{ id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
          | { __typename: 'ApiKey', id: string, displayName: string }
          | { __typename: 'SystemActor', displayName: string }
          | { __typename: 'User', id: string, email: string, displayName: string }
         }> } | null, older: { nodes: Array<{ id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
          | { __typename: 'ApiKey', id: string, displayName: string }
          | { __typename: 'SystemActor', displayName: string }
          | { __typename: 'User', id: string, email: string, displayName: string }
         }> } | null, same: { nodes: Array<{ id: string }> } | null } | null };

export type MemberFactsFragment = { id: string, joinedAt: string | null, email: string, name: string | null, user: { id: string } | null, role: { id: string, name: string, permissions: Array<string> }, teams: Array<{ id: string, name: string }> };

export type MembersQueryVariables = Exact<{
  organizationId: string | number;
  after?: string | null | undefined;
}>;


export type MembersQuery = { organization: { id: string, members: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, joinedAt: string | null, email: string, name: string | null, user: { id: string } | null, role: { id: string, name: string, permissions: Array<string> }, teams: Array<{ id: string, name: string }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'InviteMemberPayload', signInUrl: string, membership: { id: string, joinedAt: string | null, email: string, name: string | null, user: { id: string } | null, role: { id: string, name: string, permissions: Array<string> }, teams: Array<{ id: string, name: string }> } }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type UpdateMemberMutationVariables = Exact<{
  input: UpdateMemberInput;
}>;


export type UpdateMemberMutation = { updateMember:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateMemberPayload', membership: { id: string, joinedAt: string | null, email: string, name: string | null, user: { id: string } | null, role: { id: string, name: string, permissions: Array<string> }, teams: Array<{ id: string, name: string }> } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { removeMember:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RemoveMemberPayload', removedId: string }
   | null };

export type OverviewUsageQueryVariables = Exact<{
  organizationId: string | number;
  from: string;
  granularity: UsageGranularity;
}>;


export type OverviewUsageQuery = { organization: { id: string, usage: Array<{ start: string, verified: number, denied: number }> | null } | null };

export type OverviewTopKeysQueryVariables = Exact<{
  organizationId: string | number;
  from: string;
}>;


export type OverviewTopKeysQuery = { organization: { id: string, topApiKeys: Array<{ verified: number, denied: number, apiKey: { id: string, name: string, start: string, status: ApiKeyStatus } }> | null } | null };

export type OverviewAttentionQueryVariables = Exact<{
  organizationId: string | number;
  from: string;
}>;


export type OverviewAttentionQuery = { organization: { id: string, keySummary: { active: number, expiringSoon: number, expiringSoonIsExact: boolean, rotationOverdue: number, rotationOverdueIsExact: boolean, unused: number, unusedIsExact: boolean } | null, usage: Array<{ start: string, verified: number, denied: number }> | null } | null };

export type OverviewChangesQueryVariables = Exact<{
  organizationId: string | number;
  actions: Array<string> | string;
}>;


export type OverviewChangesQuery = { organization: { id: string, auditLog: { nodes: Array<{ id: string, sequence: string, action: string, outcome: AuditOutcome, targetId: string | null, changes: Record<string, unknown>, ip: string | null, userAgent: string | null, occurredAt: string, actor:
          | { __typename: 'ApiKey', id: string, displayName: string }
          | { __typename: 'SystemActor', displayName: string }
          | { __typename: 'User', id: string, email: string, displayName: string }
         }> } | null } | null };

export type FirstStepsQueryVariables = Exact<{
  organizationId: string | number;
  withMembers: boolean;
}>;


export type FirstStepsQuery = { apiKeys: { nodes: Array<{ id: string, lastUsedAt: string | null }> } | null, organization: { id: string, keySummary: { active: number, disabled: number, expired: number, revoked: number } | null, verifiers: Array<{ id: string, kind: VerifierKind }> | null, members?: { nodes: Array<{ id: string }> } | null } | null };

export type FirstUsesSubscriptionVariables = Exact<{
  organizationId: string | number;
}>;


export type FirstUsesSubscription = { apiKeyUsed: { count: number, lastUsedAt: string, secretId: string, apiKey: { id: string, lastUsedAt: string | null, lastUsedIp: string | null } } };

export type PaletteKeysQueryVariables = Exact<{
  organizationId: string | number;
  search: string;
}>;


export type PaletteKeysQuery = { apiKeys: { nodes: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }> } | null };

export type PalettePeopleQueryVariables = Exact<{
  organizationId: string | number;
  search: string;
}>;


export type PalettePeopleQuery = { organization: { id: string, members: { nodes: Array<{ id: string, name: string | null, email: string }> } | null } | null };

export type RoleFactsFragment = { id: string, name: string, description: string | null, permissions: Array<string>, system: boolean, memberCount: number | null, apiKeyCount: number | null };

export type RolesQueryVariables = Exact<{
  organizationId: string | number;
  after?: string | null | undefined;
}>;


export type RolesQuery = { organization: { id: string, roles: { nodes: Array<{ id: string, name: string, description: string | null, permissions: Array<string>, system: boolean, memberCount: number | null, apiKeyCount: number | null }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type RoleNamesQueryVariables = Exact<{
  organizationId: string | number;
  after?: string | null | undefined;
}>;


export type RoleNamesQuery = { organization: { id: string, roles: { nodes: Array<{ id: string, name: string }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type PermissionCatalogQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type PermissionCatalogQuery = { organization: { id: string, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null } | null };

export type RoleKeyFactsFragment = { id: string, name: string, status: ApiKeyStatus, grants: Array<string> };

export type RoleKeysQueryVariables = Exact<{
  organizationId: string | number;
  roleId: string | number;
  after?: string | null | undefined;
}>;


export type RoleKeysQuery = { apiKeys: { totalCount: number, nodes: Array<{ id: string, name: string, status: ApiKeyStatus, grants: Array<string> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null };

export type CreateRoleMutationVariables = Exact<{
  input: CreateRoleInput;
}>;


export type CreateRoleMutation = { createRole:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'CreateRolePayload', role: { id: string, name: string, description: string | null, permissions: Array<string>, system: boolean, memberCount: number | null, apiKeyCount: number | null } }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type UpdateRoleMutationVariables = Exact<{
  input: UpdateRoleInput;
}>;


export type UpdateRoleMutation = { updateRole:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'EscalationError', permissions: Array<string>, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateRolePayload', role: { id: string, name: string, description: string | null, permissions: Array<string>, system: boolean, memberCount: number | null, apiKeyCount: number | null }, propagation: { confirmedNodes: number, totalNodes: number, milliseconds: number } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type DeleteRoleMutationVariables = Exact<{
  input: DeleteRoleInput;
}>;


export type DeleteRoleMutation = { deleteRole:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'DeleteRolePayload', deletedId: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
   | null };

export type DenialsSubscriptionVariables = Exact<{
  organizationId: string | number;
}>;


export type DenialsSubscription = { apiKeyDenied: { code: VerificationCode, count: number, ip: string | null, occurredAt: string, apiKey: { id: string, name: string, start: string, status: ApiKeyStatus } | null } };

export type DenialSumsQueryVariables = Exact<{
  organizationId: string | number;
  filter: DenialFilter;
  granularity: UsageGranularity;
  withAccepted: boolean;
}>;


export type DenialSumsQuery = { organization: { id: string, denialSummary: { count: number, undetailed: number, firstAt: string | null, lastAt: string | null, apiKeyCount: number, ipCount: number, intervals: Array<{ start: string, count: number }>, codes: Array<{ code: VerificationCode, count: number, lastAt: string }>, apiKeys: Array<{ count: number, lastAt: string, apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> } | null }>, ips: Array<{ ip: string, count: number, lastAt: string }>, acceptedApiKeys?: Array<{ id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> }> } | null } | null };

export type UndetailedDenialsQueryVariables = Exact<{
  organizationId: string | number;
  filter: DenialFilter;
  granularity: UsageGranularity;
}>;


export type UndetailedDenialsQuery = { organization: { id: string, denialSummary: { undetailed: number } | null } | null };

export type DenialPageQueryVariables = Exact<{
  organizationId: string | number;
  filter: DenialFilter;
  after?: string | null | undefined;
}>;


export type DenialPageQuery = { organization: { id: string, denials: { nodes: Array<{ occurredAt: string, code: VerificationCode, count: number, ip: string | null, apiKey: { id: string, name: string, start: string, status: ApiKeyStatus } | null }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type DeniedKeyQueryVariables = Exact<{
  id: string | number;
  from: string;
  granularity: UsageGranularity;
}>;


export type DeniedKeyQuery = { apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, usage: Array<{ start: string, verified: number, denied: number }> | null, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> } | null };

export type DeniedKeyNameQueryVariables = Exact<{
  id: string | number;
}>;


export type DeniedKeyNameQuery = { apiKey: { id: string, name: string } | null };

export type SettingsFactsFragment = { id: string, name: string, slug: string, keyPrefix: string, createdAt: string, allowedOrigins: Array<string> | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null, limits: { activeApiKeys: number, maxActiveApiKeys: number | null } | null };

export type OrganizationSettingsQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type OrganizationSettingsQuery = { organization: { id: string, name: string, slug: string, keyPrefix: string, createdAt: string, allowedOrigins: Array<string> | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null, limits: { activeApiKeys: number, maxActiveApiKeys: number | null } | null } | null };

export type UpdateOrganizationMutationVariables = Exact<{
  input: UpdateOrganizationInput;
}>;


export type UpdateOrganizationMutation = { updateOrganization:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateOrganizationPayload', organization: { id: string, name: string, slug: string, keyPrefix: string, createdAt: string, allowedOrigins: Array<string> | null, rotationPolicy: { liveDays: number | null, testDays: number | null } | null, permissionCatalog: Array<{ name: string, description: string | null, builtIn: boolean }> | null, limits: { activeApiKeys: number, maxActiveApiKeys: number | null } | null } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { viewer: { id: string, sessions: Array<{ id: string, createdAt: string, lastSeenAt: string, expiresAt: string, current: boolean, userAgent: string | null, organization: { id: string, name: string } | null }> } };

export type RevokeSessionMutationVariables = Exact<{
  input: RevokeSessionInput;
}>;


export type RevokeSessionMutation = { revokeSession:
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'RevokeSessionPayload', revokedId: string }
   | null };

export type SignOutEverywhereMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutEverywhereMutation = { signOut: { endedSessions: number } | null };

export type TeamFactsFragment = { id: string, name: string };

export type TeamNamesQueryVariables = Exact<{
  organizationId: string | number;
  after?: string | null | undefined;
}>;


export type TeamNamesQuery = { organization: { id: string, teams: { nodes: Array<{ id: string, name: string }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type TeamSizeFragment = { id: string, name: string, members?: { totalCount: number, totalCountIsExact: boolean } | null, apiKeys?: { totalCount: number, totalCountIsExact: boolean } | null };

export type TeamsQueryVariables = Exact<{
  organizationId: string | number;
  members: boolean;
  keys: boolean;
  after?: string | null | undefined;
}>;


export type TeamsQuery = { organization: { id: string, teams: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, name: string, members?: { totalCount: number, totalCountIsExact: boolean } | null, apiKeys?: { totalCount: number, totalCountIsExact: boolean } | null }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } | null } | null };

export type TeamReachQueryVariables = Exact<{
  organizationId: string | number;
  teamId: string | number;
  members: boolean;
  keys: boolean;
}>;


export type TeamReachQuery = { node?:
    | { id: string, members: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, email: string, name: string | null }> } | null }
    | Record<PropertyKey, never>
   | null, apiKeys?: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, name: string, status: ApiKeyStatus }> } | null };

export type CreateTeamMutationVariables = Exact<{
  input: CreateTeamInput;
}>;


export type CreateTeamMutation = { createTeam:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'CreateTeamPayload', team: { id: string, name: string } }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type UpdateTeamMutationVariables = Exact<{
  input: UpdateTeamInput;
}>;


export type UpdateTeamMutation = { updateTeam:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
    | { __typename: 'UpdateTeamPayload', team: { id: string, name: string } }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   | null };

export type DeleteTeamMutationVariables = Exact<{
  input: DeleteTeamInput;
}>;


export type DeleteTeamMutation = { deleteTeam:
    | { __typename: 'ConflictError', code: ErrorCode, message: string }
    | { __typename: 'DeleteTeamPayload', deletedId: string }
    | { __typename: 'NotFoundError', id: string, code: ErrorCode, message: string }
   | null };

export type KeyFactsFragment = { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, role: { id: string, name: string } | null, teams: Array<{ id: string, name: string }> };

export type KeySettingsFragment = { id: string, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, rateLimit: { limit: number, windowSeconds: number } | null, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null };

export type SecretFactsFragment = { id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number };

export type KeyChangesSubscriptionVariables = Exact<{
  organizationId: string | number;
  after?: string | null | undefined;
}>;


export type KeyChangesSubscription = { apiKeyChanged:
    | { __typename: 'ApiKeyCreated', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ApiKeyExpired', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ApiKeyRevoked', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ApiKeyRotated', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ApiKeySecretRevoked', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
    | { __typename: 'ApiKeyUpdated', cursor: string, actor:
        | { __typename: 'ApiKey', id: string, displayName: string }
        | { __typename: 'SystemActor', displayName: string }
        | { __typename: 'User', id: string, email: string, displayName: string }
      , apiKey: { id: string, name: string, description: string | null, start: string, environment: Environment, status: ApiKeyStatus, createdAt: string, updatedAt: string, expiresAt: string | null, rotationDueAt: string | null, lastUsedAt: string | null, lastUsedIp: string | null, revokedAt: string | null, revocationReason: string | null, permissions: Array<string>, grants: Array<string>, ipAllowlist: Array<string>, externalId: string | null, metadata: Record<string, unknown> | null, secrets: Array<{ id: string, start: string, status: SecretStatus, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, uses: number }>, role: { id: string, name: string, description: string | null, permissions: Array<string> } | null, teams: Array<{ id: string, name: string }>, rateLimit: { limit: number, windowSeconds: number } | null } }
   };

export type KeyUsesSubscriptionVariables = Exact<{
  organizationId: string | number;
  apiKeyIds: Array<string | number> | string | number;
  since?: string | null | undefined;
}>;


export type KeyUsesSubscription = { apiKeyUsed: { count: number, lastUsedAt: string, secretId: string, apiKey: { id: string, lastUsedAt: string | null, lastUsedIp: string | null } } };

export type CachedSecretFragment = { id: string, lastUsedAt: string | null };

export type CachedUsageFragment = { id: string, usage: Array<{ start: string, verified: number, denied: number }> | null };

export type SessionQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SessionQuery = { viewer: { id: string, actor:
      | { id: string, email: string, displayName: string }
      | Record<PropertyKey, never>
    , organizations: { nodes: Array<{ id: string, name: string, slug: string }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } } };

export type PermissionsQueryVariables = Exact<{
  organizationId: string | number;
}>;


export type PermissionsQuery = { viewer: { id: string, permissions: Array<string> } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { signedOut: boolean } | null };

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
export const FaultFragmentDoc = new TypedDocumentString(`
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
    `, {"fragmentName":"Fault"}) as unknown as TypedDocumentString<FaultFragment, unknown>;
export const PropagationFactsFragmentDoc = new TypedDocumentString(`
    fragment PropagationFacts on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
    `, {"fragmentName":"PropagationFacts"}) as unknown as TypedDocumentString<PropagationFactsFragment, unknown>;
export const ActorNameFragmentDoc = new TypedDocumentString(`
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
    `, {"fragmentName":"ActorName"}) as unknown as TypedDocumentString<ActorNameFragment, unknown>;
export const AuditFactsFragmentDoc = new TypedDocumentString(`
    fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}`, {"fragmentName":"AuditFacts"}) as unknown as TypedDocumentString<AuditFactsFragment, unknown>;
export const MemberFactsFragmentDoc = new TypedDocumentString(`
    fragment MemberFacts on Membership {
  id
  joinedAt
  email
  name
  user {
    id
  }
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
}
    `, {"fragmentName":"MemberFacts"}) as unknown as TypedDocumentString<MemberFactsFragment, unknown>;
export const RoleFactsFragmentDoc = new TypedDocumentString(`
    fragment RoleFacts on Role {
  id
  name
  description
  permissions
  system
  memberCount
  apiKeyCount
}
    `, {"fragmentName":"RoleFacts"}) as unknown as TypedDocumentString<RoleFactsFragment, unknown>;
export const RoleKeyFactsFragmentDoc = new TypedDocumentString(`
    fragment RoleKeyFacts on ApiKey {
  id
  name
  status
  grants
}
    `, {"fragmentName":"RoleKeyFacts"}) as unknown as TypedDocumentString<RoleKeyFactsFragment, unknown>;
export const SettingsFactsFragmentDoc = new TypedDocumentString(`
    fragment SettingsFacts on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
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
  limits {
    activeApiKeys
    maxActiveApiKeys
  }
}
    `, {"fragmentName":"SettingsFacts"}) as unknown as TypedDocumentString<SettingsFactsFragment, unknown>;
export const TeamFactsFragmentDoc = new TypedDocumentString(`
    fragment TeamFacts on Team {
  id
  name
}
    `, {"fragmentName":"TeamFacts"}) as unknown as TypedDocumentString<TeamFactsFragment, unknown>;
export const TeamSizeFragmentDoc = new TypedDocumentString(`
    fragment TeamSize on Team {
  ...TeamFacts
  members(first: 0) @include(if: $members) {
    totalCount
    totalCountIsExact
  }
  apiKeys(first: 0) @include(if: $keys) {
    totalCount
    totalCountIsExact
  }
}
    fragment TeamFacts on Team {
  id
  name
}`, {"fragmentName":"TeamSize"}) as unknown as TypedDocumentString<TeamSizeFragment, unknown>;
export const KeyFactsFragmentDoc = new TypedDocumentString(`
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
    `, {"fragmentName":"KeyFacts"}) as unknown as TypedDocumentString<KeyFactsFragment, unknown>;
export const KeySettingsFragmentDoc = new TypedDocumentString(`
    fragment KeySettings on ApiKey {
  id
  grants
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  role {
    id
    name
    description
    permissions
  }
}
    `, {"fragmentName":"KeySettings"}) as unknown as TypedDocumentString<KeySettingsFragment, unknown>;
export const SecretFactsFragmentDoc = new TypedDocumentString(`
    fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}
    `, {"fragmentName":"SecretFacts"}) as unknown as TypedDocumentString<SecretFactsFragment, unknown>;
export const CachedSecretFragmentDoc = new TypedDocumentString(`
    fragment CachedSecret on ApiKeySecret {
  id
  lastUsedAt
}
    `, {"fragmentName":"CachedSecret"}) as unknown as TypedDocumentString<CachedSecretFragment, unknown>;
export const CachedUsageFragmentDoc = new TypedDocumentString(`
    fragment CachedUsage on ApiKey {
  id
  usage(from: $from, to: $to, granularity: $granularity) {
    start
    verified
    denied
  }
}
    `, {"fragmentName":"CachedUsage"}) as unknown as TypedDocumentString<CachedUsageFragment, unknown>;
export const VerifiersDocument = new TypedDocumentString(`
    query Verifiers($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    verifiers {
      id
      kind
      name
      connectedAt
      cachedKeys
      current
    }
  }
}
    `) as unknown as TypedDocumentString<VerifiersQuery, VerifiersQueryVariables>;
export const KeyDetailsDocument = new TypedDocumentString(`
    query KeyDetails($id: ID!) {
  apiKey(id: $id) {
    ...KeyFacts
    ...KeySettings
    createdBy {
      ...ActorName
    }
    revokedBy {
      ...ActorName
    }
    secrets {
      ...SecretFacts
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment KeySettings on ApiKey {
  id
  grants
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  role {
    id
    name
    description
    permissions
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<KeyDetailsQuery, KeyDetailsQueryVariables>;
export const KeyUsageDocument = new TypedDocumentString(`
    query KeyUsage($id: ID!, $from: DateTime!, $granularity: UsageGranularity!) {
  apiKey(id: $id) {
    id
    usage(from: $from, granularity: $granularity) {
      start
      verified
      denied
    }
  }
}
    `) as unknown as TypedDocumentString<KeyUsageQuery, KeyUsageQueryVariables>;
export const PermissionMeaningsDocument = new TypedDocumentString(`
    query PermissionMeanings($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    permissionCatalog {
      name
      description
    }
  }
}
    `) as unknown as TypedDocumentString<PermissionMeaningsQuery, PermissionMeaningsQueryVariables>;
export const KeyAuditDocument = new TypedDocumentString(`
    query KeyAudit($id: ID!, $after: String) {
  apiKey(id: $id) {
    id
    auditLog(first: 10, after: $after) {
      nodes {
        ...AuditFacts
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}`) as unknown as TypedDocumentString<KeyAuditQuery, KeyAuditQueryVariables>;
export const KeyDenialHistoryDocument = new TypedDocumentString(`
    query KeyDenialHistory($organizationId: ID!, $id: ID!, $to: DateTime!) {
  organization(id: $organizationId) {
    id
    denials(first: 25, filter: {apiKeyId: $id, to: $to}) {
      nodes {
        code
        count
        ip
        occurredAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<KeyDenialHistoryQuery, KeyDenialHistoryQueryVariables>;
export const KeyDenialsDocument = new TypedDocumentString(`
    subscription KeyDenials($organizationId: ID!, $apiKeyIds: [ID!]!) {
  apiKeyDenied(organizationId: $organizationId, apiKeyIds: $apiKeyIds) {
    code
    count
    ip
    occurredAt
    apiKey {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<KeyDenialsSubscription, KeyDenialsSubscriptionVariables>;
export const CreateKeyBoundsDocument = new TypedDocumentString(`
    query CreateKeyBounds($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    limits {
      activeApiKeys
      maxActiveApiKeys
    }
  }
}
    `) as unknown as TypedDocumentString<CreateKeyBoundsQuery, CreateKeyBoundsQueryVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    __typename
    ... on CreateApiKeyPayload {
      secret
      apiKey {
        id
        name
        environment
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const EditedKeyDocument = new TypedDocumentString(`
    query EditedKey($id: ID!) {
  apiKey(id: $id) {
    ...KeyFacts
    ...KeySettings
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment KeySettings on ApiKey {
  id
  grants
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  role {
    id
    name
    description
    permissions
  }
}`) as unknown as TypedDocumentString<EditedKeyQuery, EditedKeyQueryVariables>;
export const UpdateKeyDocument = new TypedDocumentString(`
    mutation UpdateKey($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) {
    __typename
    ... on UpdateApiKeyPayload {
      apiKey {
        ...KeyFacts
        ...KeySettings
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment KeySettings on ApiKey {
  id
  grants
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  role {
    id
    name
    description
    permissions
  }
}`) as unknown as TypedDocumentString<UpdateKeyMutation, UpdateKeyMutationVariables>;
export const KeyPageDocument = new TypedDocumentString(`
    query KeyPage($organizationId: ID!, $filter: ApiKeyFilter, $orderBy: ApiKeyOrder, $after: String, $counted: Boolean!) {
  apiKeys(
    organizationId: $organizationId
    first: 100
    filter: $filter
    orderBy: $orderBy
    after: $after
  ) {
    totalCount @include(if: $counted)
    totalCountIsExact @include(if: $counted)
    nodes {
      ...KeyFacts
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<KeyPageQuery, KeyPageQueryVariables>;
export const KeysOnScreenDocument = new TypedDocumentString(`
    query KeysOnScreen($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on ApiKey {
      id
      usage {
        start
        verified
        denied
      }
      secrets {
        id
        status
        expiresAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<KeysOnScreenQuery, KeysOnScreenQueryVariables>;
export const UpdateKeysDocument = new TypedDocumentString(`
    mutation UpdateKeys($input: UpdateApiKeysInput!) {
  updateApiKeys(input: $input) {
    __typename
    ... on UpdateApiKeysPayload {
      apiKeys {
        ...KeyFacts
      }
      propagation {
        ...PropagationFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment PropagationFacts on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<UpdateKeysMutation, UpdateKeysMutationVariables>;
export const ReviewPageDocument = new TypedDocumentString(`
    query ReviewPage($organizationId: ID!, $filter: ApiKeyFilter!, $orderBy: ApiKeyOrder!, $after: String) {
  apiKeys(
    organizationId: $organizationId
    first: 50
    filter: $filter
    orderBy: $orderBy
    after: $after
  ) {
    totalCount
    nodes {
      ...KeyFacts
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<ReviewPageQuery, ReviewPageQueryVariables>;
export const ReviewPolicyDocument = new TypedDocumentString(`
    query ReviewPolicy($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    rotationPolicy {
      liveDays
      testDays
    }
  }
}
    `) as unknown as TypedDocumentString<ReviewPolicyQuery, ReviewPolicyQueryVariables>;
export const LastDayOfKeysDocument = new TypedDocumentString(`
    query LastDayOfKeys($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on ApiKey {
      id
      usage {
        start
        verified
        denied
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LastDayOfKeysQuery, LastDayOfKeysQueryVariables>;
export const KeyOwnerDocument = new TypedDocumentString(`
    query KeyOwner($id: ID!) {
  apiKey(id: $id) {
    id
    externalId
    createdAt
    createdBy {
      ...ActorName
    }
    lastUsedAt
    lastUsedIp
    secrets {
      ...SecretFacts
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<KeyOwnerQuery, KeyOwnerQueryVariables>;
export const RevokeKeyDocument = new TypedDocumentString(`
    mutation RevokeKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) {
    __typename
    ... on RevokeApiKeyPayload {
      apiKey {
        ...KeyFacts
        secrets {
          ...SecretFacts
        }
      }
      propagation {
        ...PropagationFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment PropagationFacts on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const RevokeKeysDocument = new TypedDocumentString(`
    mutation RevokeKeys($input: RevokeApiKeysInput!) {
  revokeApiKeys(input: $input) {
    __typename
    ... on RevokeApiKeysPayload {
      apiKeys {
        ...KeyFacts
      }
      propagation {
        ...PropagationFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment PropagationFacts on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<RevokeKeysMutation, RevokeKeysMutationVariables>;
export const RotatedKeyDocument = new TypedDocumentString(`
    query RotatedKey($id: ID!) {
  apiKey(id: $id) {
    ...KeyFacts
    secrets {
      ...SecretFacts
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<RotatedKeyQuery, RotatedKeyQueryVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) {
    __typename
    ... on RotateApiKeyPayload {
      secret
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const FinishRotationDocument = new TypedDocumentString(`
    mutation FinishRotation($input: RevokeApiKeySecretInput!) {
  revokeApiKeySecret(input: $input) {
    __typename
    ... on RevokeApiKeySecretPayload {
      apiKey {
        id
        secrets {
          ...SecretFacts
        }
      }
      propagation {
        confirmedNodes
        totalNodes
        milliseconds
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<FinishRotationMutation, FinishRotationMutationVariables>;
export const RotationUsageDocument = new TypedDocumentString(`
    query RotationUsage($ids: [ID!]!, $from: DateTime!, $granularity: UsageGranularity!) {
  nodes(ids: $ids) {
    __typename
    ... on ApiKeySecret {
      id
      usage(from: $from, granularity: $granularity) {
        start
        verified
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RotationUsageQuery, RotationUsageQueryVariables>;
export const AuditPageDocument = new TypedDocumentString(`
    query AuditPage($organizationId: ID!, $filter: AuditFilter, $first: Int, $after: String, $last: Int, $before: String) {
  organization(id: $organizationId) {
    id
    auditLog(
      filter: $filter
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        ...AuditFacts
      }
      pageInfo {
        startCursor
        endCursor
        hasNextPage
        hasPreviousPage
      }
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}`) as unknown as TypedDocumentString<AuditPageQuery, AuditPageQueryVariables>;
export const AuditNamesDocument = new TypedDocumentString(`
    query AuditNames($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on ApiKey {
      id
      keyName: name
    }
    ... on Role {
      id
      roleName: name
    }
    ... on Team {
      id
      teamName: name
    }
    ... on User {
      id
      email
    }
    ... on Membership {
      id
      email
    }
    ... on Organization {
      id
      organizationName: name
    }
  }
}
    `) as unknown as TypedDocumentString<AuditNamesQuery, AuditNamesQueryVariables>;
export const AuditEntryByIdDocument = new TypedDocumentString(`
    query AuditEntryById($id: ID!) {
  node(id: $id) {
    __typename
    ... on AuditEntry {
      ...AuditFacts
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}`) as unknown as TypedDocumentString<AuditEntryByIdQuery, AuditEntryByIdQueryVariables>;
export const AuditContextDocument = new TypedDocumentString(`
    query AuditContext($organizationId: ID!, $newer: AuditFilter!, $older: AuditFilter!, $same: AuditFilter!, $count: Int!) {
  organization(id: $organizationId) {
    id
    newer: auditLog(filter: $newer, last: $count) {
      nodes {
        ...AuditFacts
      }
    }
    older: auditLog(filter: $older, first: $count) {
      nodes {
        ...AuditFacts
      }
    }
    same: auditLog(filter: $same, first: 100) {
      nodes {
        id
      }
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}`) as unknown as TypedDocumentString<AuditContextQuery, AuditContextQueryVariables>;
export const MembersDocument = new TypedDocumentString(`
    query Members($organizationId: ID!, $after: String) {
  organization(id: $organizationId) {
    id
    members(first: 100, after: $after) {
      totalCount
      totalCountIsExact
      nodes {
        ...MemberFacts
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    fragment MemberFacts on Membership {
  id
  joinedAt
  email
  name
  user {
    id
  }
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const InviteMemberDocument = new TypedDocumentString(`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    __typename
    ... on InviteMemberPayload {
      signInUrl
      membership {
        ...MemberFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment MemberFacts on Membership {
  id
  joinedAt
  email
  name
  user {
    id
  }
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const UpdateMemberDocument = new TypedDocumentString(`
    mutation UpdateMember($input: UpdateMemberInput!) {
  updateMember(input: $input) {
    __typename
    ... on UpdateMemberPayload {
      membership {
        ...MemberFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment MemberFacts on Membership {
  id
  joinedAt
  email
  name
  user {
    id
  }
  role {
    id
    name
    permissions
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<UpdateMemberMutation, UpdateMemberMutationVariables>;
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    __typename
    ... on RemoveMemberPayload {
      removedId
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const OverviewUsageDocument = new TypedDocumentString(`
    query OverviewUsage($organizationId: ID!, $from: DateTime!, $granularity: UsageGranularity!) {
  organization(id: $organizationId) {
    id
    usage(from: $from, granularity: $granularity) {
      start
      verified
      denied
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewUsageQuery, OverviewUsageQueryVariables>;
export const OverviewTopKeysDocument = new TypedDocumentString(`
    query OverviewTopKeys($organizationId: ID!, $from: DateTime!) {
  organization(id: $organizationId) {
    id
    topApiKeys(first: 5, from: $from) {
      verified
      denied
      apiKey {
        id
        name
        start
        status
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewTopKeysQuery, OverviewTopKeysQueryVariables>;
export const OverviewAttentionDocument = new TypedDocumentString(`
    query OverviewAttention($organizationId: ID!, $from: DateTime!) {
  organization(id: $organizationId) {
    id
    keySummary {
      active
      expiringSoon
      expiringSoonIsExact
      rotationOverdue
      rotationOverdueIsExact
      unused
      unusedIsExact
    }
    usage(from: $from, granularity: HOUR) {
      start
      verified
      denied
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewAttentionQuery, OverviewAttentionQueryVariables>;
export const OverviewChangesDocument = new TypedDocumentString(`
    query OverviewChanges($organizationId: ID!, $actions: [String!]!) {
  organization(id: $organizationId) {
    id
    auditLog(first: 8, filter: {actions: $actions, outcome: DONE}) {
      nodes {
        ...AuditFacts
      }
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment AuditFacts on AuditEntry {
  id
  sequence
  action
  outcome
  targetId
  changes
  ip
  userAgent
  occurredAt
  actor {
    ...ActorName
  }
}`) as unknown as TypedDocumentString<OverviewChangesQuery, OverviewChangesQueryVariables>;
export const FirstStepsDocument = new TypedDocumentString(`
    query FirstSteps($organizationId: ID!, $withMembers: Boolean!) {
  apiKeys(
    organizationId: $organizationId
    first: 1
    filter: {status: [ACTIVE, DISABLED, EXPIRED, REVOKED]}
    orderBy: {field: LAST_USED_AT, direction: DESC}
  ) {
    nodes {
      id
      lastUsedAt
    }
  }
  organization(id: $organizationId) {
    id
    keySummary {
      active
      disabled
      expired
      revoked
    }
    verifiers {
      id
      kind
    }
    members(first: 2) @include(if: $withMembers) {
      nodes {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FirstStepsQuery, FirstStepsQueryVariables>;
export const FirstUsesDocument = new TypedDocumentString(`
    subscription FirstUses($organizationId: ID!) {
  apiKeyUsed(organizationId: $organizationId) {
    count
    lastUsedAt
    secretId
    apiKey {
      id
      lastUsedAt
      lastUsedIp
    }
  }
}
    `) as unknown as TypedDocumentString<FirstUsesSubscription, FirstUsesSubscriptionVariables>;
export const PaletteKeysDocument = new TypedDocumentString(`
    query PaletteKeys($organizationId: ID!, $search: String!) {
  apiKeys(
    organizationId: $organizationId
    first: 6
    filter: {search: $search, status: [ACTIVE, DISABLED, EXPIRED, REVOKED]}
  ) {
    nodes {
      ...KeyFacts
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<PaletteKeysQuery, PaletteKeysQueryVariables>;
export const PalettePeopleDocument = new TypedDocumentString(`
    query PalettePeople($organizationId: ID!, $search: String!) {
  organization(id: $organizationId) {
    id
    members(first: 5, search: $search) {
      nodes {
        id
        name
        email
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PalettePeopleQuery, PalettePeopleQueryVariables>;
export const RolesDocument = new TypedDocumentString(`
    query Roles($organizationId: ID!, $after: String) {
  organization(id: $organizationId) {
    id
    roles(first: 100, after: $after) {
      nodes {
        ...RoleFacts
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    fragment RoleFacts on Role {
  id
  name
  description
  permissions
  system
  memberCount
  apiKeyCount
}`) as unknown as TypedDocumentString<RolesQuery, RolesQueryVariables>;
export const RoleNamesDocument = new TypedDocumentString(`
    query RoleNames($organizationId: ID!, $after: String) {
  organization(id: $organizationId) {
    id
    roles(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RoleNamesQuery, RoleNamesQueryVariables>;
export const PermissionCatalogDocument = new TypedDocumentString(`
    query PermissionCatalog($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    permissionCatalog {
      name
      description
      builtIn
    }
  }
}
    `) as unknown as TypedDocumentString<PermissionCatalogQuery, PermissionCatalogQueryVariables>;
export const RoleKeysDocument = new TypedDocumentString(`
    query RoleKeys($organizationId: ID!, $roleId: ID!, $after: String) {
  apiKeys(
    organizationId: $organizationId
    first: 100
    filter: {roleId: $roleId}
    orderBy: {field: NAME, direction: ASC}
    after: $after
  ) {
    totalCount
    nodes {
      ...RoleKeyFacts
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
    fragment RoleKeyFacts on ApiKey {
  id
  name
  status
  grants
}`) as unknown as TypedDocumentString<RoleKeysQuery, RoleKeysQueryVariables>;
export const CreateRoleDocument = new TypedDocumentString(`
    mutation CreateRole($input: CreateRoleInput!) {
  createRole(input: $input) {
    __typename
    ... on CreateRolePayload {
      role {
        ...RoleFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment RoleFacts on Role {
  id
  name
  description
  permissions
  system
  memberCount
  apiKeyCount
}`) as unknown as TypedDocumentString<CreateRoleMutation, CreateRoleMutationVariables>;
export const UpdateRoleDocument = new TypedDocumentString(`
    mutation UpdateRole($input: UpdateRoleInput!) {
  updateRole(input: $input) {
    __typename
    ... on UpdateRolePayload {
      role {
        ...RoleFacts
      }
      propagation {
        ...PropagationFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment PropagationFacts on Propagation {
  confirmedNodes
  totalNodes
  milliseconds
}
fragment RoleFacts on Role {
  id
  name
  description
  permissions
  system
  memberCount
  apiKeyCount
}`) as unknown as TypedDocumentString<UpdateRoleMutation, UpdateRoleMutationVariables>;
export const DeleteRoleDocument = new TypedDocumentString(`
    mutation DeleteRole($input: DeleteRoleInput!) {
  deleteRole(input: $input) {
    __typename
    ... on DeleteRolePayload {
      deletedId
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<DeleteRoleMutation, DeleteRoleMutationVariables>;
export const DenialsDocument = new TypedDocumentString(`
    subscription Denials($organizationId: ID!) {
  apiKeyDenied(organizationId: $organizationId) {
    code
    count
    ip
    occurredAt
    apiKey {
      id
      name
      start
      status
    }
  }
}
    `) as unknown as TypedDocumentString<DenialsSubscription, DenialsSubscriptionVariables>;
export const DenialSumsDocument = new TypedDocumentString(`
    query DenialSums($organizationId: ID!, $filter: DenialFilter!, $granularity: UsageGranularity!, $withAccepted: Boolean!) {
  organization(id: $organizationId) {
    id
    denialSummary(filter: $filter, granularity: $granularity) {
      count
      undetailed
      firstAt
      lastAt
      apiKeyCount
      ipCount
      intervals {
        start
        count
      }
      codes {
        code
        count
        lastAt
      }
      apiKeys {
        count
        lastAt
        apiKey {
          ...KeyFacts
        }
      }
      ips {
        ip
        count
        lastAt
      }
      acceptedApiKeys @include(if: $withAccepted) {
        ...KeyFacts
      }
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<DenialSumsQuery, DenialSumsQueryVariables>;
export const UndetailedDenialsDocument = new TypedDocumentString(`
    query UndetailedDenials($organizationId: ID!, $filter: DenialFilter!, $granularity: UsageGranularity!) {
  organization(id: $organizationId) {
    id
    denialSummary(filter: $filter, granularity: $granularity) {
      undetailed
    }
  }
}
    `) as unknown as TypedDocumentString<UndetailedDenialsQuery, UndetailedDenialsQueryVariables>;
export const DenialPageDocument = new TypedDocumentString(`
    query DenialPage($organizationId: ID!, $filter: DenialFilter!, $after: String) {
  organization(id: $organizationId) {
    id
    denials(filter: $filter, first: 50, after: $after) {
      nodes {
        occurredAt
        code
        count
        ip
        apiKey {
          id
          name
          start
          status
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DenialPageQuery, DenialPageQueryVariables>;
export const DeniedKeyDocument = new TypedDocumentString(`
    query DeniedKey($id: ID!, $from: DateTime!, $granularity: UsageGranularity!) {
  apiKey(id: $id) {
    ...KeyFacts
    usage(from: $from, granularity: $granularity) {
      start
      verified
      denied
    }
  }
}
    fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}`) as unknown as TypedDocumentString<DeniedKeyQuery, DeniedKeyQueryVariables>;
export const DeniedKeyNameDocument = new TypedDocumentString(`
    query DeniedKeyName($id: ID!) {
  apiKey(id: $id) {
    id
    name
  }
}
    `) as unknown as TypedDocumentString<DeniedKeyNameQuery, DeniedKeyNameQueryVariables>;
export const OrganizationSettingsDocument = new TypedDocumentString(`
    query OrganizationSettings($organizationId: ID!) {
  organization(id: $organizationId) {
    ...SettingsFacts
  }
}
    fragment SettingsFacts on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
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
  limits {
    activeApiKeys
    maxActiveApiKeys
  }
}`) as unknown as TypedDocumentString<OrganizationSettingsQuery, OrganizationSettingsQueryVariables>;
export const UpdateOrganizationDocument = new TypedDocumentString(`
    mutation UpdateOrganization($input: UpdateOrganizationInput!) {
  updateOrganization(input: $input) {
    __typename
    ... on UpdateOrganizationPayload {
      organization {
        ...SettingsFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment SettingsFacts on Organization {
  id
  name
  slug
  keyPrefix
  createdAt
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
  limits {
    activeApiKeys
    maxActiveApiKeys
  }
}`) as unknown as TypedDocumentString<UpdateOrganizationMutation, UpdateOrganizationMutationVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions {
  viewer {
    id
    sessions {
      id
      createdAt
      lastSeenAt
      expiresAt
      current
      userAgent
      organization {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const RevokeSessionDocument = new TypedDocumentString(`
    mutation RevokeSession($input: RevokeSessionInput!) {
  revokeSession(input: $input) {
    __typename
    ... on RevokeSessionPayload {
      revokedId
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const SignOutEverywhereDocument = new TypedDocumentString(`
    mutation SignOutEverywhere {
  signOut(input: {everywhere: true}) {
    endedSessions
  }
}
    `) as unknown as TypedDocumentString<SignOutEverywhereMutation, SignOutEverywhereMutationVariables>;
export const TeamNamesDocument = new TypedDocumentString(`
    query TeamNames($organizationId: ID!, $after: String) {
  organization(id: $organizationId) {
    id
    teams(first: 100, after: $after) {
      nodes {
        ...TeamFacts
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    fragment TeamFacts on Team {
  id
  name
}`) as unknown as TypedDocumentString<TeamNamesQuery, TeamNamesQueryVariables>;
export const TeamsDocument = new TypedDocumentString(`
    query Teams($organizationId: ID!, $members: Boolean!, $keys: Boolean!, $after: String) {
  organization(id: $organizationId) {
    id
    teams(first: 100, after: $after) {
      totalCount
      totalCountIsExact
      nodes {
        ...TeamSize
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    fragment TeamFacts on Team {
  id
  name
}
fragment TeamSize on Team {
  ...TeamFacts
  members(first: 0) @include(if: $members) {
    totalCount
    totalCountIsExact
  }
  apiKeys(first: 0) @include(if: $keys) {
    totalCount
    totalCountIsExact
  }
}`) as unknown as TypedDocumentString<TeamsQuery, TeamsQueryVariables>;
export const TeamReachDocument = new TypedDocumentString(`
    query TeamReach($organizationId: ID!, $teamId: ID!, $members: Boolean!, $keys: Boolean!) {
  node(id: $teamId) @include(if: $members) {
    ... on Team {
      id
      members(first: 20) {
        totalCount
        totalCountIsExact
        nodes {
          id
          email
          name
        }
      }
    }
  }
  apiKeys(organizationId: $organizationId, first: 20, filter: {teamId: $teamId}) @include(if: $keys) {
    totalCount
    totalCountIsExact
    nodes {
      id
      name
      status
    }
  }
}
    `) as unknown as TypedDocumentString<TeamReachQuery, TeamReachQueryVariables>;
export const CreateTeamDocument = new TypedDocumentString(`
    mutation CreateTeam($input: CreateTeamInput!) {
  createTeam(input: $input) {
    __typename
    ... on CreateTeamPayload {
      team {
        ...TeamFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment TeamFacts on Team {
  id
  name
}`) as unknown as TypedDocumentString<CreateTeamMutation, CreateTeamMutationVariables>;
export const UpdateTeamDocument = new TypedDocumentString(`
    mutation UpdateTeam($input: UpdateTeamInput!) {
  updateTeam(input: $input) {
    __typename
    ... on UpdateTeamPayload {
      team {
        ...TeamFacts
      }
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}
fragment TeamFacts on Team {
  id
  name
}`) as unknown as TypedDocumentString<UpdateTeamMutation, UpdateTeamMutationVariables>;
export const DeleteTeamDocument = new TypedDocumentString(`
    mutation DeleteTeam($input: DeleteTeamInput!) {
  deleteTeam(input: $input) {
    __typename
    ... on DeleteTeamPayload {
      deletedId
    }
    ...Fault
  }
}
    fragment Fault on Error {
  code
  message
  ... on ValidationError {
    issues {
      path
      message
    }
  }
  ... on EscalationError {
    permissions
  }
  ... on NotFoundError {
    id
  }
  ... on LimitExceededError {
    current
    limit
  }
}`) as unknown as TypedDocumentString<DeleteTeamMutation, DeleteTeamMutationVariables>;
export const KeyChangesDocument = new TypedDocumentString(`
    subscription KeyChanges($organizationId: ID!, $after: String) {
  apiKeyChanged(organizationId: $organizationId, after: $after) {
    __typename
    cursor
    actor {
      ...ActorName
    }
    apiKey {
      ...KeyFacts
      ...KeySettings
      secrets {
        ...SecretFacts
      }
    }
  }
}
    fragment ActorName on Actor {
  __typename
  displayName
  ... on User {
    id
    email
  }
  ... on ApiKey {
    id
  }
}
fragment KeyFacts on ApiKey {
  id
  name
  description
  start
  environment
  status
  createdAt
  updatedAt
  expiresAt
  rotationDueAt
  lastUsedAt
  lastUsedIp
  revokedAt
  revocationReason
  permissions
  role {
    id
    name
  }
  teams {
    id
    name
  }
}
fragment KeySettings on ApiKey {
  id
  grants
  ipAllowlist
  rateLimit {
    limit
    windowSeconds
  }
  externalId
  metadata
  role {
    id
    name
    description
    permissions
  }
}
fragment SecretFacts on ApiKeySecret {
  id
  start
  status
  createdAt
  expiresAt
  lastUsedAt
  uses
}`) as unknown as TypedDocumentString<KeyChangesSubscription, KeyChangesSubscriptionVariables>;
export const KeyUsesDocument = new TypedDocumentString(`
    subscription KeyUses($organizationId: ID!, $apiKeyIds: [ID!]!, $since: DateTime) {
  apiKeyUsed(
    organizationId: $organizationId
    apiKeyIds: $apiKeyIds
    since: $since
  ) {
    count
    lastUsedAt
    secretId
    apiKey {
      id
      lastUsedAt
      lastUsedIp
    }
  }
}
    `) as unknown as TypedDocumentString<KeyUsesSubscription, KeyUsesSubscriptionVariables>;
export const SessionDocument = new TypedDocumentString(`
    query Session($after: String) {
  viewer {
    id
    actor {
      ... on User {
        id
        email
        displayName
      }
    }
    organizations(first: 100, after: $after) {
      nodes {
        id
        name
        slug
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const PermissionsDocument = new TypedDocumentString(`
    query Permissions($organizationId: ID!) {
  viewer {
    id
    permissions(organizationId: $organizationId)
  }
}
    `) as unknown as TypedDocumentString<PermissionsQuery, PermissionsQueryVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  signOut {
    signedOut
  }
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;