import type { Cache, UpdateResolver, UpdatesConfig } from '@urql/exchange-graphcache';

/** What of an organization is another after a mutation, beside the objects that it answers: open views ask for it again. */
const OUTDATED = {
  createRole: ['roles'],
  updateRole: ['roles'],
  deleteRole: ['roles'],
  createTeam: ['teams'],
  updateTeam: ['teams'],
  deleteTeam: ['teams', 'members'],
  updateMember: ['members', 'roles', 'teams'],
  removeMember: ['members', 'roles', 'teams'],
  updateOrganization: [],
} as const satisfies Record<string, readonly string[]>;

/** What mutations of an organization's people, roles and teams do to the cache. */
export const ORGANIZATION_UPDATES: NonNullable<UpdatesConfig['Mutation']> = Object.fromEntries(
  Object.entries(OUTDATED).map(([mutation, fields]) => [mutation, outdates([...fields, 'auditLog'])]),
);

function outdates(fields: readonly string[]): UpdateResolver {
  return (_result, _args, cache, { fieldName }) => {
    // A cache is of one organization; the mutation doesn't say which.
    for (const organization of rootFields(cache, 'organization')) {
      const key = cache.resolve('Query', organization.fieldKey);
      if (typeof key !== 'string') continue;
      for (const field of cache.inspectFields(key))
        if (fields.includes(field.fieldName)) cache.invalidate(key, field.fieldName, field.arguments);
    }
    // What a key may do comes from its role.
    if (fieldName === 'updateRole')
      for (const { arguments: args } of rootFields(cache, 'apiKey'))
        cache.invalidate('Query', 'apiKey', args);
  };
}

function rootFields(cache: Cache, name: string) {
  return cache.inspectFields('Query').filter(({ fieldName }) => fieldName === name);
}
