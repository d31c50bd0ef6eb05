import { type ShownList, useList } from '../../api/use-list.ts';
import { type RoleFactsFragment, RoleNamesDocument, RolesDocument } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';

/** All roles of the organization, oldest first. Empty if the viewer may not see them. */
export function useRoles(): ShownList<RoleFactsFragment> {
  const { id } = useOrganization();
  const can = useCan();
  return useList(can('role.view') ? id : null, (organizationId) => ({
    document: RolesDocument,
    variables: (after: string | null) => ({ organizationId, after }),
    pageOf: ({ organization }) => organization?.roles,
    whole: true,
  }));
}

/** The names of all roles, for selects. Empty if the viewer may not see them. */
export function useRoleNames(): ShownList<Pick<RoleFactsFragment, 'id' | 'name'>> {
  const { id } = useOrganization();
  const can = useCan();
  return useList(can('role.view') && can('organization.view') ? id : null, (organizationId) => ({
    document: RoleNamesDocument,
    variables: (after: string | null) => ({ organizationId, after }),
    pageOf: ({ organization }) => organization?.roles,
    whole: true,
  }));
}
