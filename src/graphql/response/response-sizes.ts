// Maximum sizes of values, which follow from the limits on input. A character of a name or text has up to four bytes.

/** Maximum number of items of a list, or a function of the field's arguments. */
type Items = number | ((args: Record<string, unknown>) => number);

function idsOf({ input }: Record<string, unknown>): number {
  return (input as { ids: readonly string[] }).ids.length;
}

function wantedOf({ input }: Record<string, unknown>): number {
  return (input as { wanted?: readonly unknown[] | null }).wanted?.length ?? 0;
}

/** Maximum number of items of lists, by `Type.field`. Rows of connections are counted by the connection's arguments. */
export const ITEMS_MAX: Readonly<Record<string, Items>> = {
  'ApiKey.grants': 100,
  'ApiKey.ipAllowlist': 100,
  'ApiKey.permissions': 200,
  'ApiKey.secrets': 110,
  'ApiKey.teams': 50,
  'ApiKeyConnection.edges': 1,
  'ApiKeyConnection.nodes': 1,
  'ApiKeyUpdated.changedFields': 30,
  'AuditEntryConnection.edges': 1,
  'AuditEntryConnection.nodes': 1,
  'DenialConnection.edges': 1,
  'DenialConnection.nodes': 1,
  'DenialSummary.acceptedApiKeys': 20,
  'DenialSummary.apiKeys': 20,
  'DenialSummary.codes': 10,
  'DenialSummary.intervals': 200,
  'DenialSummary.ips': 20,
  'EscalationError.permissions': 200,
  'EscalationError.restrictions': 10,
  // The mutation has counted its keys.
  'ImportApiKeysPayload.apiKeys': 1,
  'Membership.teams': 50,
  'MembershipConnection.edges': 1,
  'MembershipConnection.nodes': 1,
  'Mutation.importApiKeys': ({ input }) => (input as { keys: readonly unknown[] }).keys.length,
  'Mutation.reportVerifications': wantedOf,
  'Mutation.revokeApiKeys': idsOf,
  'Mutation.updateApiKeys': idsOf,
  'Organization.allowedOrigins': 50,
  'Organization.permissionCatalog': 600,
  'Organization.verifiers': 1_000,
  'OrganizationConnection.edges': 1,
  'OrganizationConnection.nodes': 1,
  'Query.verifierKeys': ({ secrets }) => (secrets as readonly unknown[]).length,
  // The mutation has counted what is wanted.
  'ReportVerificationsPayload.slices': 1,
  // These mutations have counted their ids.
  'RevokeApiKeysPayload.apiKeys': 1,
  'Role.permissions': 100,
  'RoleConnection.edges': 1,
  'RoleConnection.nodes': 1,
  'TeamConnection.edges': 1,
  'TeamConnection.nodes': 1,
  'UpdateApiKeysPayload.apiKeys': 1,
  'ValidationError.issues': 500,
  'ValidationIssue.path': 10,
  'VerifierApiKey.ipAllowlist': 100,
  'VerifierApiKey.permissions': 200,
  'VerifierApiKey.teamIds': 50,
  'VerifierChange.apiKeyIds': 500,
  // The query has counted its secrets.
  'VerifierKeysPayload.results': 1,
  'VerifierRecall.slices': 1_000,
  'Viewer.permissions': 200,
  'Viewer.sessions': 100,
};

/** Maximum size of values, bytes of JSON, by `Type.field`, if they differ from others of their scalar. */
export const VALUE_BYTES: Readonly<Record<string, number>> = {
  'ApiKey.description': 2_002,
  'ApiKey.externalId': 802,
  'ApiKey.foreignId': 802,
  'ApiKey.metadata': 16_384,
  'ApiKey.revocationReason': 2_002,
  'ApiKeyRevoked.reason': 2_002,
  'ApiKeyUpdated.changedFields': 40,
  'AuditEntry.changes': 40_000,
  'AuditEntry.userAgent': 1_802,
  'EscalationError.message': 30_000,
  'NotFoundError.id': 1_202,
  'PermissionDefinition.description': 2_002,
  'Role.description': 2_002,
  'Session.userAgent': 1_802,
  'User.displayName': 1_526,
  'User.email': 1_526,
  'ValidationError.message': 300_000,
  'ValidationIssue.path': 40,
};

/** Values that are shown only once: a response with one of them must not be dropped. */
export const SHOWN_ONCE: ReadonlySet<string> = new Set([
  'CreateApiKeyPayload.secret',
  'InviteMemberPayload.signInUrl',
  'RotateApiKeyPayload.secret',
  'SignInPayload.sessionToken',
]);

/** Maximum size of values of scalars, bytes of JSON. */
export const SCALAR_BYTES: Readonly<Record<string, number>> = {
  Boolean: 5,
  CIDR: 50,
  DateTime: 26,
  Float: 24,
  ID: 64,
  Int: 11,
  Permission: 102,
  SafeInt: 17,
  String: 402,
};

/** Size of scalars without an entry, which may hold anything. */
export const OPEN_SCALAR = 'JSONObject';
