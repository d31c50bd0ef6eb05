/*
 * Who is answered what: the table that `matrix.test.ts` crosses with the schema. A field of the schema that has no row
 * here makes the test fail, so whoever adds one decides who may have it.
 *
 * In inputs, a text that begins with `$` stands for a thing that `world.ts` makes anew for every cell.
 */

/** Who asks, in the order of the columns. All but the stranger and the operator are of one organization. */
export const CALLERS = [
  /** Carries no credential. */
  'nobody',
  /** Has the system role of this name; so do the next two. */
  'member',
  'admin',
  'owner',
  /** Has a role of the organization's own: manages people and roles, sees and changes keys, and no more. */
  'manager',
  /** A key that may only verify. */
  'narrowKey',
  /** A key that holds all about keys, and no more. */
  'makerKey',
  /** A key that holds everything. */
  'wideKey',
  /** A key that holds everything, and is bound to one team. */
  'boundKey',
  /** A test key that holds everything, with an expiry, an allowlist and a rate limit. */
  'restrictedKey',
  /** The owner of another organization. */
  'stranger',
  /** The product's own back end. */
  'operator',
] as const;

export type Caller = (typeof CALLERS)[number];

/** What the manager's role holds. */
export const MANAGER = [
  'member.*',
  'role.*',
  'api.key.view',
  'api.key.update',
  'team.view',
  'organization.view',
];

/** What the letters of the table stand for. */
export const OUTCOMES = {
  o: 'OK',
  u: 'UNAUTHENTICATED',
  f: 'FORBIDDEN',
  n: 'NOT_FOUND',
  e: 'ESCALATION',
  c: 'CONFLICT',
  b: 'BAD_REQUEST',
  i: 'BAD_USER_INPUT',
  '-': 'NULL',
} as const;

export type Outcome = (typeof OUTCOMES)[keyof typeof OUTCOMES];

/** The outcomes of a row, one for each caller. Throws where the row is too short or too long. */
export function outcomesOf(row: string): ReadonlyMap<Caller, Outcome> {
  const letters = row.split(' ');
  if (letters.length !== CALLERS.length) throw new Error(`The row ${row} has ${letters.length} cells`);
  return new Map(
    CALLERS.map((caller, index) => {
      const outcome = (OUTCOMES as Record<string, Outcome>)[letters[index] ?? ''];
      if (!outcome) throw new Error(`${letters[index]} is no outcome`);
      return [caller, outcome];
    }),
  );
}

/** A mutation, what is done with it, its input, and who is answered what. */
export type MutationRow = readonly [
  field: string,
  what: string,
  input: Readonly<Record<string, unknown>> | null,
  outcomes: string,
];

const o = { organizationId: '$organization' };
const WEAK = ['api.key.view'];

/** An import of one key. */
function imported(key: object) {
  return { ...o, keys: [{ foreignId: '$name', name: 'A', hash: '$hash', algorithm: 'SHA256', ...key }] };
}

export const MUTATIONS: readonly MutationRow[] = [
  //                                                                          who: nob mem adm own man nar mak wid bou res str ope
  ['createApiKey', 'a key that holds nothing', { ...o, name: 'A' }, 'u f o o f f o o e e n o'],
  ['createApiKey', 'one that holds little', { ...o, name: 'A', grants: WEAK }, 'u f o o f f o o e e n o'],
  ['createApiKey', 'one with a weak role', { ...o, name: 'A', roleId: '$role' }, 'u f o o f f o o e e n o'],
  [
    'createApiKey',
    'one of the bound key’s team',
    { ...o, name: 'A', teamIds: ['$boundTeam'] },
    'u f o o f f o o o e n o',
  ],
  ['createApiKey', 'one of another team', { ...o, name: 'A', teamIds: ['$team'] }, 'u f o o f f o o e e n o'],
  [
    'createApiKey',
    'one of both teams',
    { ...o, name: 'A', teamIds: ['$boundTeam', '$team'] },
    'u f o o f f o o e e n o',
  ],
  [
    'createApiKey',
    'one that holds everything',
    { ...o, name: 'A', grants: ['*'] },
    'u f e o f f e o e e n o',
  ],
  [
    'createApiKey',
    'one with a strong role',
    { ...o, name: 'A', roleId: '$strongRole' },
    'u f e o f f e o e e n o',
  ],
  [
    'createApiKey',
    'one with the role owner',
    { ...o, name: 'A', roleId: '$ownerRole' },
    'u f e o f f e o e e n o',
  ],
  [
    'createApiKey',
    'one with a wildcard',
    { ...o, name: 'A', grants: ['api.key.*'] },
    'u f o o f f o o e e n o',
  ],
  [
    'createApiKey',
    'one with a wider wildcard',
    { ...o, name: 'A', grants: ['api.*'] },
    'u f e o f f e o e e n o',
  ],

  ['updateApiKey', 'the name of a weak key', { id: '$key', name: 'B' }, 'u f o o o f o o n e n o'],
  ['updateApiKey', 'the role of a weak key', { id: '$key', roleId: '$role' }, 'u f o o o f o o n e n o'],
  ['updateApiKey', 'a weak key into a strong one', { id: '$key', grants: ['*'] }, 'u f e o e f e o n e n o'],
  [
    'updateApiKey',
    'a weak key’s role to a strong one',
    { id: '$key', roleId: '$strongRole' },
    'u f e o e f e o n e n o',
  ],
  ['updateApiKey', 'nothing of a strong key', { id: '$strongKey' }, 'u f e o e f e o n e n o'],
  [
    'updateApiKey',
    'a strong key into a weak one',
    { id: '$strongKey', grants: WEAK },
    'u f e o e f e o n e n o',
  ],
  ['updateApiKey', 'a strong key: accept it', { id: '$strongKey', enabled: true }, 'u f e o e f e o n e n o'],
  [
    'updateApiKey',
    'a strong key: for ever',
    { id: '$strongKey', expiresAt: null },
    'u f e o e f e o n e n o',
  ],
  ['updateApiKey', 'the name of a key of the team', { id: '$teamKey', name: 'B' }, 'u f o o o f o o o e n o'],
  [
    'updateApiKey',
    'a key of the team into one of none',
    { id: '$teamKey', teamIds: null },
    'u f o o o f o o e e n o',
  ],
  [
    'updateApiKey',
    'a key of the team into another',
    { id: '$teamKey', teamIds: ['$team'] },
    'u f o o o f o o e e n o',
  ],

  ['updateApiKeys', 'a weak key', { ids: ['$key'], enabled: false }, 'u f o o o f o o n e n o'],
  [
    'updateApiKeys',
    'a weak key and a strong one',
    { ids: ['$key', '$strongKey'], enabled: false },
    'u f e o e f e o n e n o',
  ],
  ['updateApiKeys', 'a key of the team', { ids: ['$teamKey'], enabled: true }, 'u f o o o f o o o e n o'],

  ['rotateApiKey', 'a weak key', { id: '$key' }, 'u f o o o f o o n e n o'],
  ['rotateApiKey', 'a strong key', { id: '$strongKey' }, 'u f e o e f e o n e n o'],
  ['rotateApiKey', 'a key of the team', { id: '$teamKey' }, 'u f o o o f o o o e n o'],
  ['revokeApiKey', 'a weak key', { id: '$key' }, 'u f o o f f o o n o n o'],
  ['revokeApiKey', 'a strong key', { id: '$strongKey' }, 'u f o o f f o o n o n o'],
  ['revokeApiKeys', 'both', { ids: ['$key', '$strongKey'] }, 'u f o o f f o o n o n o'],
  ['revokeApiKeySecret', 'of a strong key', { id: '$secret' }, 'u f o o o f o o n o n o'],
  ['importApiKeys', 'a key that holds little', imported({ grants: WEAK }), 'u f o o f f o o e e n o'],
  ['importApiKeys', 'one with a weak role', imported({ roleId: '$role' }), 'u f o o f f o o e e n o'],
  ['importApiKeys', 'one with a strong role', imported({ roleId: '$strongRole' }), 'u f e o f f e o e e n o'],
  ['importApiKeys', 'one that holds everything', imported({ grants: ['*'] }), 'u f e o f f e o e e n o'],
  [
    'importApiKeys',
    'one of the bound key’s team',
    imported({ teamIds: ['$boundTeam'] }),
    'u f o o f f o o o e n o',
  ],
  ['importApiKeys', 'one of another team', imported({ teamIds: ['$team'] }), 'u f o o f f o o e e n o'],
  // Of a stream, which only its own socket can name.
  ['reportVerifications', 'of no stream', { stream: 'none' }, 'u f i i f i i i i i i i'],
  ['verifyApiKey', 'a key', { key: '$secretText', teamId: '$team' }, 'u f o o f o o o n o n o'],

  ['createRole', 'a weak role', { ...o, name: '$name', permissions: WEAK }, 'u f f o o f f o f o n o'],
  [
    'createRole',
    'one that holds nothing',
    { ...o, name: '$name', permissions: [] },
    'u f f o o f f o f o n o',
  ],
  [
    'createRole',
    'one with a wildcard',
    { ...o, name: '$name', permissions: ['member.*'] },
    'u f f o o f f o f o n o',
  ],
  [
    'createRole',
    'one with a wider wildcard',
    { ...o, name: '$name', permissions: ['api.*'] },
    'u f f o e f f o f o n o',
  ],
  [
    'createRole',
    'one that holds everything',
    { ...o, name: '$name', permissions: ['*'] },
    'u f f o e f f o f o n o',
  ],
  ['updateRole', 'the name of a weak role', { id: '$role', name: '$name' }, 'u f f o o f f o f o n o'],
  [
    'updateRole',
    'a weak role into a strong one',
    { id: '$role', permissions: ['*'] },
    'u f f o e f f o f o n o',
  ],
  [
    'updateRole',
    'a strong role into a weak one',
    { id: '$strongRole', permissions: WEAK },
    'u f f o e f f o f o n o',
  ],
  ['updateRole', 'nothing of a strong role', { id: '$strongRole' }, 'u f f o e f f o f o n o'],
  ['updateRole', 'a role of Keywright', { id: '$memberRole', permissions: ['*'] }, 'u f f c c f f c f c n c'],
  ['deleteRole', 'a weak role', { id: '$role' }, 'u f f o o f f o f o n o'],
  ['deleteRole', 'a strong role that nobody has', { id: '$strongRole' }, 'u f f o o f f o f o n o'],
  ['deleteRole', 'a role in use', { id: '$usedRole' }, 'u f f c c f f c f c n c'],
  ['deleteRole', 'a role of Keywright', { id: '$adminRole' }, 'u f f c c f f c f c n c'],

  ['createTeam', 'a team', { ...o, name: '$name' }, 'u f o o f f f o f o n o'],
  ['updateTeam', 'a team', { id: '$team', name: '$name' }, 'u f o o f f f o f o n o'],
  ['deleteTeam', 'a team', { id: '$team' }, 'u f o o f f f o f o n o'],
  ['deleteTeam', 'a team with keys', { id: '$usedTeam' }, 'u f c c f f f c f c n c'],

  ['createOrganization', 'an organization', { name: '$name' }, 'u f f f f f f f f f f o'],
  [
    'updateOrganization',
    'its limit on keys',
    { id: '$organization', maxActiveApiKeys: null },
    'u f f f f f f f f f n o',
  ],
  ['updateOrganization', 'its name', { id: '$organization', name: 'Acme' }, 'u f f o f f f o f o n o'],

  [
    'inviteMember',
    'as a member',
    { ...o, email: '$email', roleId: '$memberRole', teamIds: ['$team'] },
    'u f f o o f f o f e n o',
  ],
  ['inviteMember', 'as an admin', { ...o, email: '$email', roleId: '$adminRole' }, 'u f f o e f f o f e n o'],
  ['inviteMember', 'as an owner', { ...o, email: '$email', roleId: '$ownerRole' }, 'u f f o e f f o f e n o'],
  [
    'inviteMember',
    'an invited owner, as a member',
    { ...o, email: '$invitedOwner', roleId: '$memberRole' },
    'u f f o e f f o f e n o',
  ],
  [
    'inviteMember',
    'who has joined',
    { ...o, email: '$memberEmail', roleId: '$memberRole' },
    'u f f c c f f c f e n c',
  ],
  [
    'updateMember',
    'the teams of a member',
    { id: '$membership', teamIds: ['$team'] },
    'u f f o o f f o f e n o',
  ],
  [
    'updateMember',
    'a member’s role to a weak one',
    { id: '$membership', roleId: '$role' },
    'u f f o o f f o f e n o',
  ],
  [
    'updateMember',
    'a member into an owner',
    { id: '$membership', roleId: '$ownerRole' },
    'u f f o e f f o f e n o',
  ],
  [
    'updateMember',
    'an owner into a member',
    { id: '$ownership', roleId: '$memberRole' },
    'u f f o e f f o f e n o',
  ],
  ['removeMember', 'a member', { id: '$membership' }, 'u f f o o f f o f o n o'],
  ['removeMember', 'one of two owners', { id: '$ownership' }, 'u f f o f f f o f o n o'],

  ['signIn', 'with a link', { token: '$link' }, 'o o o o o o o o o o o o'],
  ['signIn', 'with a made-up token', { token: 'a' }, 'n n n n n n n n n n n n'],
  ['revokeSession', 'of somebody else', { id: '$session' }, 'u n n n n n n n n n n n'],
  ['signOut', 'oneself', null, 'u o o o o o o o o o o o'],
];

/** A field of Query or Subscription with its arguments, and who is answered what. */
export type ReadRow = readonly [field: string, args: Readonly<Record<string, unknown>>, outcomes: string];

export const QUERIES: readonly ReadRow[] = [
  //                                          nob mem adm own man nar mak wid bou res str ope
  ['viewer', {}, 'u o o o o o o o o o o o'],
  ['signInLink', { token: '$link' }, 'o o o o o o o o o o o o'],
  ['node', { id: '$key' }, 'u o o o o - o o - o - o'],
  ['nodes', { ids: ['$key'] }, 'u o o o o - o o - o - o'],
  ['organization', { id: '$organization' }, 'u o o o o f f o o o - o'],
  ['apiKey', { id: '$key' }, 'u o o o o f o o - o - o'],
  ['apiKeys', { ...o }, 'u o o o o f o o o o n o'],
  ['apiKeyChangesCursor', { ...o }, 'u o o o o f o o o o n o'],
  // Of a stream, which only its own socket can name.
  ['verifierKeys', { stream: 'none', secrets: [] }, 'u f i i f i i i i i i i'],
];

export const SUBSCRIPTIONS: readonly ReadRow[] = [
  ['apiKeyUsed', { ...o, apiKeyIds: ['$key'] }, 'u o o o o f o o n o n o'],
  ['apiKeyChanged', { ...o, apiKeyIds: ['$key'] }, 'u o o o o f o o n o n o'],
  ['apiKeyDenied', { ...o, apiKeyIds: ['$key'] }, 'u o o o o f o o n o n o'],
  // Needs a socket.
  ['verifierEvents', {}, 'u f b b f b b b b b b b'],
];

/** Fields of what `node` finds: each list of fields with who is answered what; NULL where there is no node for them. */
export const NODES: Readonly<
  Record<
    string,
    { readonly id: string; readonly fields: readonly (readonly [names: string, outcomes: string])[] }
  >
> = {
  Organization: {
    id: '$organization',
    fields: [
      //                                        nob mem adm own man nar mak wid bou res str ope
      ['id name slug keyPrefix createdAt', 'u o o o o - - o o o - o'],
      ['limits rotationPolicy permissionCatalog allowedOrigins verifiers', 'u o o o o - - o f o - o'],
      ['keySummary apiKeys usage topApiKeys denials denialSummary', 'u o o o o - - o o o - o'],
      ['teams', 'u o o o o - - o o o - o'],
      ['members', 'u f o o o - - o f o - o'],
      ['roles', 'u f o o o - - o o o - o'],
      ['auditLog', 'u f o o f - - o o o - o'],
    ],
  },
  Team: {
    id: '$team',
    fields: [
      ['id name organization', 'u o o o o - - o - o - o'],
      ['apiKeys', 'u o o o o - - o - o - o'],
      ['members', 'u f o o o - - o - o - o'],
    ],
  },
  User: { id: '$user', fields: [['id displayName name email', 'u - o o o - - o - o - o']] },
  Membership: {
    id: '$membership',
    fields: [['id email name user organization role teams joinedAt', 'u - o o o - - o - o - o']],
  },
  Role: {
    id: '$role',
    fields: [
      ['id name description permissions system apiKeyCount', 'u - o o o - - o o o - o'],
      ['organization', 'u - o o o - - o o o - o'],
      ['memberCount', 'u - o o o - - o f o - o'],
    ],
  },
  ApiKey: {
    id: '$key',
    fields: [
      [
        'id displayName name description environment enabled status start role grants permissions',
        'u o o o o - o o - o - o',
      ],
      [
        'teams ipAllowlist rateLimit foreignId externalId metadata createdAt createdBy updatedAt',
        'u o o o o - o o - o - o',
      ],
      ['expiresAt lastUsedAt lastUsedIp revokedAt revokedBy revocationReason', 'u o o o o - o o - o - o'],
      ['organization', 'u o o o o - f o - o - o'],
      ['rotationDueAt secrets usage', 'u o o o o - o o - o - o'],
      ['auditLog', 'u f o o f - f o - o - o'],
    ],
  },
  ApiKeySecret: {
    id: '$secret',
    fields: [
      [
        'id start status createdAt expiresAt lastUsedAt revokedAt uses usage apiKey',
        'u o o o o - o o - o - o',
      ],
    ],
  },
  AuditEntry: {
    id: '$entry',
    fields: [
      [
        'id sequence action outcome actor targetId target changes ip userAgent occurredAt',
        'u - o o - - - o - o - o',
      ],
    ],
  },
  // Of another person: visible to nobody else.
  Session: {
    id: '$session',
    fields: [['id createdAt lastSeenAt expiresAt current organization userAgent', 'u - - - - - - - - - - -']],
  },
};

/** Fields of `viewer`, about the caller itself. */
export const VIEWER: readonly ReadRow[] = [
  ['id', {}, 'u o o o o o o o o o o o'],
  ['actor', {}, 'u o o o o o o o o o o o'],
  ['organizations', {}, 'u o o o o o o o o o o o'],
  ['permissions', { ...o }, 'u o o o o o o o o o o o'],
  ['sessions', {}, 'u o o o o o o o o o o o'],
];

/**
 * Types without rows of their own: they are parts of what the fields above answer, and hold nothing that the field
 * doesn't. Connections, edges, payloads and errors belong to these.
 */
export const PARTS = [
  'Query',
  'Mutation',
  'Subscription',
  'Viewer',
  'PageInfo',
  'SystemActor',
  'SignInLink',
  'OrganizationLimits',
  'RotationPolicy',
  'PermissionDefinition',
  'ApiKeySummary',
  'RateLimit',
  'UsageBucket',
  'Propagation',
  'ValidationIssue',
  'ApiKeyUsageTotal',
  'ApiKeyUsed',
  'ApiKeyDenied',
  'Denial',
  'DenialApiKeyCount',
  'DenialCodeCount',
  'DenialInterval',
  'DenialIpCount',
  'DenialSummary',
  'ApiKeyCreated',
  'ApiKeyUpdated',
  'ApiKeyRotated',
  'ApiKeySecretRevoked',
  'ApiKeyRevoked',
  'ApiKeyExpired',
  'Verifier',
  'VerifierApiKey',
  'VerifierChange',
  'VerifierKeyResult',
  'VerifierLease',
  'VerifierRecall',
  'VerifierReset',
  'VerifierSlice',
  'VerifierWelcome',
];

/** Arguments that take ids of nothing that is stored. */
export const OTHER_IDS = [
  'Query.verifierKeys(stream)',
  'Mutation.reportVerifications(input.stream)',
  'Mutation.reportVerifications(input.returned.slice)',
];

/**
 * Every argument outside of mutations that takes an id, with a document that passes `$id` (or `[$id]`) to it and what it
 * names. An id of another organization must be answered there exactly as one that doesn't exist.
 */
export const ID_ARGUMENTS: Readonly<Record<string, readonly [thing: string, document: string]>> = {
  'Query.node(id)': ['$key', '{ node(id: $id) { id } }'],
  'Query.nodes(ids)': ['$key', '{ nodes(ids: [$id]) { id } }'],
  'Query.organization(id)': ['$organization', '{ organization(id: $id) { id } }'],
  'Query.apiKey(id)': ['$key', '{ apiKey(id: $id) { id } }'],
  'Query.apiKeys(organizationId)': ['$organization', '{ apiKeys(organizationId: $id) { totalCount } }'],
  'Query.apiKeyChangesCursor(organizationId)': [
    '$organization',
    '{ apiKeyChangesCursor(organizationId: $id) }',
  ],
  'Query.apiKeys(filter.roleId)': ['$usedRole', '{ apiKeys(filter: { roleId: $id }) { totalCount } }'],
  'Query.apiKeys(filter.teamId)': ['$usedTeam', '{ apiKeys(filter: { teamId: $id }) { totalCount } }'],
  'Query.apiKeys(filter.createdById)': [
    '$creator',
    '{ apiKeys(filter: { createdById: $id }) { totalCount } }',
  ],
  'Organization.apiKeys(filter.roleId)': [
    '$usedRole',
    '{ organization { apiKeys(filter: { roleId: $id }) { totalCount nodes { id } } } }',
  ],
  'Organization.apiKeys(filter.teamId)': [
    '$usedTeam',
    '{ organization { apiKeys(filter: { teamId: $id }) { totalCount nodes { id } } } }',
  ],
  'Organization.apiKeys(filter.createdById)': [
    '$creator',
    '{ organization { apiKeys(filter: { createdById: $id }) { totalCount nodes { id } } } }',
  ],
  'Organization.auditLog(filter.targetId)': [
    '$key',
    '{ organization { auditLog(filter: { targetId: $id }) { totalCount nodes { id } } } }',
  ],
  'Organization.auditLog(filter.actorId)': [
    '$creator',
    '{ organization { auditLog(filter: { actorId: $id }) { totalCount nodes { id } } } }',
  ],
  'Organization.denials(filter.apiKeyId)': [
    '$deniedKey',
    '{ organization { denials(filter: { apiKeyId: $id }) { totalCount nodes { count } } } }',
  ],
  'Organization.denialSummary(filter.apiKeyId)': [
    '$deniedKey',
    '{ organization { denialSummary(filter: { apiKeyId: $id }) { count } } }',
  ],
  'Team.apiKeys(filter.roleId)': [
    '$usedRole',
    '{ organization { teams { nodes { apiKeys(filter: { roleId: $id }) { totalCount } } } } }',
  ],
  'Team.apiKeys(filter.teamId)': [
    '$usedTeam',
    '{ organization { teams { nodes { apiKeys(filter: { teamId: $id }) { totalCount } } } } }',
  ],
  'Team.apiKeys(filter.createdById)': [
    '$creator',
    '{ organization { teams { nodes { apiKeys(filter: { createdById: $id }) { totalCount } } } } }',
  ],
  'Viewer.permissions(organizationId)': ['$organization', '{ viewer { permissions(organizationId: $id) } }'],
  'Subscription.apiKeyUsed(organizationId)': [
    '$organization',
    '{ apiKeyUsed(organizationId: $id) { count } }',
  ],
  'Subscription.apiKeyUsed(apiKeyIds)': ['$key', '{ apiKeyUsed(apiKeyIds: [$id]) { count } }'],
  'Subscription.apiKeyChanged(organizationId)': [
    '$organization',
    '{ apiKeyChanged(organizationId: $id) { cursor } }',
  ],
  'Subscription.apiKeyChanged(apiKeyIds)': ['$key', '{ apiKeyChanged(apiKeyIds: [$id]) { cursor } }'],
  'Subscription.apiKeyDenied(organizationId)': [
    '$organization',
    '{ apiKeyDenied(organizationId: $id) { count } }',
  ],
  'Subscription.apiKeyDenied(apiKeyIds)': ['$key', '{ apiKeyDenied(apiKeyIds: [$id]) { count } }'],
};
