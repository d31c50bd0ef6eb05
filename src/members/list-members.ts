import { byAge, type Page, type PageArgs, readPage } from '../../db/queries/page.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { isId } from '../core/ids.ts';
import { containsText, readMemberSearch } from './member-search.ts';
import { type Membership, selectMemberships, toMembership } from './membership.ts';

/** Filter of a list of members. */
export interface MemberFilter {
  /** Only members of this team. A team of another organization has none. */
  readonly teamId?: string;
  /** Part of the name or e-mail address, case-insensitive; at most 200 characters. */
  readonly search?: string | null | undefined;
}

const BY_AGE = byAge('members', 'memberships');

/**
 * The members of an organization and pending invitations, oldest first. Requires `member.view`. Throws BAD_USER_INPUT
 * for a search that no member can match.
 */
export async function listMembers(
  ctx: Context,
  organizationId: string,
  { teamId, search: text }: MemberFilter,
  page: PageArgs,
): Promise<Page<Membership>> {
  await requireOrganization(ctx, organizationId, 'member.view');
  const search = readMemberSearch(text);
  const reader = () => ctx.scans.reader(ctx.db, 'memberships', organizationId);
  const isFiltered = teamId !== undefined || search !== null;
  let members = selectMemberships(isFiltered ? await reader() : ctx.db).where(
    'memberships.organization_id',
    '=',
    organizationId,
  );
  if (search) members = members.where(containsText(search));
  if (teamId !== undefined)
    members = members.where((eb) =>
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
  return readPage(members, BY_AGE, page, toMembership, reader);
}
