import { byAge, type Page, type PageArgs, readPage } from '../../db/queries/page.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { isId } from '../core/ids.ts';
import { type Membership, selectMemberships, toMembership } from './membership.ts';

/** Filter of a list of members. */
export interface MemberFilter {
  /** Only members of this team. A team of another organization has none. */
  readonly teamId?: string;
}

const BY_AGE = byAge('members', 'memberships');

/** The members of an organization and pending invitations, oldest first. Requires `member.view`. */
export async function listMembers(
  ctx: Context,
  organizationId: string,
  { teamId }: MemberFilter,
  page: PageArgs,
): Promise<Page<Membership>> {
  await requireOrganization(ctx, organizationId, 'member.view');
  const reader = () => ctx.scans.reader(ctx.db, 'memberships', organizationId);
  const all = selectMemberships(teamId === undefined ? ctx.db : await reader()).where(
    'memberships.organization_id',
    '=',
    organizationId,
  );
  if (teamId === undefined) return readPage(all, BY_AGE, page, toMembership, reader);
  const ofTeam = all.where((eb) =>
    isId('team', teamId)
      ? eb.exists(
          eb
            .selectFrom('membership_teams')
            .select('membership_teams.team_id')
            .whereRef('membership_teams.membership_id', '=', 'memberships.id')
            .where('membership_teams.team_id', '=', teamId),
        )
      : eb.lit(false),
  );
  return readPage(ofTeam, BY_AGE, page, toMembership, reader);
}
