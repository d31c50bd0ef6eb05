import { byAge, type Page, type PageArgs, readPage } from '../../db/queries/page.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { TEAM_COLUMNS, type Team, toTeam } from './team.ts';

const BY_AGE = byAge('teams', 'teams');

/** The teams of an organization that are visible to the caller, oldest first. Requires `team.view`. */
export async function listTeams(ctx: Context, organizationId: string, page: PageArgs): Promise<Page<Team>> {
  await requireOrganization(ctx, organizationId, 'team.view');
  const scope = keyScopeOf(ctx);
  const all = ctx.db.selectFrom('teams').select(TEAM_COLUMNS).where('organization_id', '=', organizationId);
  const counted = () => ctx.scans.reader(ctx.db, 'teams', organizationId);
  return readPage(scope ? all.where('id', 'in', scope) : all, BY_AGE, page, toTeam, counted);
}
