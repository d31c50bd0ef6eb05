import { type ShownList, useList } from '../api/use-list.ts';
import { type RoleFactsFragment, RolesDocument } from '../generated/graphql.ts';
import { useCan, useOrganization } from '../session/organization.tsx';

/** All roles of the organization, the oldest first; none where the viewer may not see them. */
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
