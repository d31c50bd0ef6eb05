import type { Filled } from './fill.ts';

/** A measured operation: its name in the table, its document and its variables. */
export interface Measured {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether it changes the database, so that it can't be repeated unchanged. */
  readonly once?: boolean;
}

const DAY_MS = 86_400_000;

/** All operations whose duration may grow with an organization. Changes come last. */
export function measuredQueries(filled: Filled): Measured[] {
  const { organizationId, keyId, userId, externalId } = filled;
  const now = Date.now();
  const time = (days: number) => new Date(now + days * DAY_MS).toISOString();
  const keys = (
    name: string,
    filter: object,
    { order = 'CREATED_AT', direction = 'DESC', fields = 'nodes { id name status lastUsedAt }' } = {},
  ): Measured => ({
    name,
    query: `query($organizationId: ID, $filter: ApiKeyFilter) { apiKeys(organizationId: $organizationId, filter: $filter, first: 50, orderBy: {field: ${order}, direction: ${direction}}) { ${fields} } }`,
    variables: { organizationId, filter },
  });
  const counted = { fields: 'totalCount' };
  const organization = (name: string, fields: string): Measured => ({
    name,
    query: `query($id: ID) { organization(id: $id) { ${fields} } }`,
    variables: { id: organizationId },
  });
  const audit = (name: string, filter: object): Measured => ({
    name: `audit: ${name}`,
    query:
      'query($id: ID, $filter: AuditFilter) { organization(id: $id) { auditLog(filter: $filter, first: 50) { nodes { id action } } } }',
    variables: { id: organizationId, filter },
  });
  const mutation = (name: string, declared: string, call: string, variables: object): Measured => ({
    name,
    query: `mutation(${declared}) { ${call} { __typename } }`,
    variables: { ...variables },
  });
  return [
    keys('list, newest first', {}),
    ...(['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const).flatMap((order) => [
      keys(`status ACTIVE by ${order}`, { status: ['ACTIVE'] }, { order }),
      keys(`status EXPIRED by ${order}`, { status: ['EXPIRED'] }, { order, direction: 'ASC' }),
      keys(`externalId by ${order}`, { externalId }, { order }),
    ]),
    keys('environment TEST', { environment: 'TEST' }),
    keys('roleId', { roleId: filled.roleIds[0] }),
    keys('teamId', { teamId: filled.teamIds[0] }),
    keys('createdById', { createdById: userId }),
    keys('unusedSince', { unusedSince: time(-90) }),
    keys('expiresBefore', { expiresBefore: time(7) }),
    keys('expiresBefore, none', { expiresBefore: time(-3_000) }),
    keys('rotationDueBefore', { rotationDueBefore: time(0) }),
    keys('rotationDueBefore, none', { rotationDueBefore: time(-3_000) }),
    keys('search: id', { search: keyId }),
    keys('search: start', { search: filled.keyStart.slice(0, 13) }),
    keys('search: common word', { search: 'pipeline' }),
    keys('search: middle of a word', { search: 'ateway 7' }),
    keys('search: no match', { search: 'zzzzzz' }),
    keys('totalCount', {}, counted),
    keys('totalCount, status ACTIVE', { status: ['ACTIVE'] }, counted),
    keys('totalCount, search', { search: 'gateway' }, counted),
    organization(
      'keySummary',
      'keySummary { active disabled expired revoked unused rotationOverdue expiringSoon verifiedLastDay deniedLastDay }',
    ),
    organization('limits.activeApiKeys', 'limits { activeApiKeys }'),
    organization('roles.apiKeyCount', 'roles(first: 25) { nodes { id apiKeyCount } }'),
    audit('newest', {}),
    audit('targetId', { targetId: keyId }),
    audit('actorId', { actorId: userId }),
    audit('actorId, none', { actorId: organizationId }),
    audit('one action', { actions: ['api_key.rotated'] }),
    audit('two actions', { actions: ['api_key.rotated', 'api_key.revoked'] }),
    audit('action, none', { actions: ['team.deleted'] }),
    audit('from and to', { from: time(-200), to: time(-199) }),
    {
      name: 'apiKey.auditLog',
      query: 'query($id: ID!) { apiKey(id: $id) { auditLog(first: 20) { nodes { id } } } }',
      variables: { id: keyId },
    },
    mutation(
      'createApiKey',
      '$organizationId: ID',
      'createApiKey(input: {organizationId: $organizationId, name: "Growth"})',
      { organizationId },
    ),
    mutation(
      'updateApiKey',
      '$id: ID!, $value: String',
      'updateApiKey(input: {id: $id, description: $value})',
      { id: keyId },
    ),
    {
      ...mutation('deleteRole', '$id: ID!', 'deleteRole(input: {id: $id})', { id: filled.retiredRoleId }),
      once: true,
    },
    {
      ...mutation('deleteTeam', '$id: ID!', 'deleteTeam(input: {id: $id})', { id: filled.retiredTeamId }),
      once: true,
    },
  ];
}
