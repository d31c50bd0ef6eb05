import { type ShownList, useList } from '../../api/use-list.ts';
import { type TeamFactsFragment, TeamNamesDocument } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';

/** All teams of the organization by name, for selects. Empty if the viewer may not see them. */
export function useTeamNames(): ShownList<TeamFactsFragment> {
  const { id } = useOrganization();
  const can = useCan();
  return useList(can('team.view') && can('organization.view') ? id : null, (organizationId) => ({
    document: TeamNamesDocument,
    variables: (after: string | null) => ({ organizationId, after }),
    pageOf: ({ organization }) => organization?.teams,
    whole: true,
  }));
}
