import type { Cache, UpdateResolver, UpdatesConfig } from '@urql/exchange-graphcache';

/** Data that a mutation changes in addition to the objects it returns. Open views refetch it. */
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

/** Cache updates after mutations of an organization's members, roles and teams. */
export const ORGANIZATION_UPDATES: NonNullable<UpdatesConfig['Mutation']> = Object.fromEntries(
  Object.entries(OUTDATED).map(([mutation, fields]) => [mutation, outdates([...fields, 'auditLog'])]),
);

function outdates(fields: readonly string[]): UpdateResolver {
  return (_result, _args, cache, { fieldName }) => {
    // A cache holds one organization, and the mutation doesn't name it.
    for (const organization of rootFields(cache, 'organization')) {
      const key = cache.resolve('Query', organization.fieldKey);
      if (typeof key !== 'string') continue;
      for (const field of cache.inspectFields(key))
        if (fields.includes(field.fieldName)) cache.invalidate(key, field.fieldName, field.arguments);
    }
    // A key's permissions depend on its role.
    if (fieldName === 'updateRole')
      for (const { arguments: args } of rootFields(cache, 'apiKey'))
        cache.invalidate('Query', 'apiKey', args);
  };
}

function rootFields(cache: Cache, name: string) {
  return cache.inspectFields('Query').filter(({ fieldName }) => fieldName === name);
}
