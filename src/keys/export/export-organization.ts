import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { loadAllowedOrigins } from '../../organizations/allowed-origins.ts';
import { organizationById } from '../../organizations/organization.ts';
import { ROLE_COLUMNS, toRole } from '../../roles/role.ts';
import { TEAM_COLUMNS, toTeam } from '../../teams/team.ts';
import { type ExportedKey, exportKeys } from './export-keys.ts';

/** Version of the format. It changes only when a reader of the previous version would lose something. */
export const EXPORT_VERSION = 1;

/** A line of an export: `type` says of what. The last one has the type `end`, and the number of lines before it. */
export type ExportLine = ExportedKey | (Readonly<Record<string, unknown>> & { readonly type: string });

/**
 * Everything of an organization but its audit log and its usage over time, with the hashes of its keys. Pass a
 * transaction that reads one snapshot. Rejects with NotFoundError.
 */
export async function* exportOrganization(
  db: Kysely<Tables>,
  organizationId: string,
): AsyncGenerator<ExportLine> {
  const { id, ...organization } = await organizationById(db, organizationId);
  const origins = (await loadAllowedOrigins(db, [id])).get(id) ?? [];
  let lines = 0;
  const line = <Line extends ExportLine>(value: Line): Line => {
    lines += 1;
    return value;
  };
  yield line({
    type: 'organization',
    version: EXPORT_VERSION,
    ...organization,
    createdAt: new Date(organization.createdAt).toISOString(),
    allowedOrigins: origins,
  });
  const roles = await readRoles(db, id);
  for (const { name, description, permissions, system } of roles)
    if (!system) yield line({ type: 'role', name, description, permissions });
  const teams = await readTeams(db, id);
  for (const { name } of teams) yield line({ type: 'team', name });
  const names = { roles: namesOf(roles), teams: namesOf(teams) };
  for (const member of await readMembers(db, id)) {
    const role = names.roles.get(member.roleId) ?? null;
    const ofMember = member.teamIds.map((team) => names.teams.get(team) ?? team).sort();
    const { email, name, joinedAt } = member;
    yield line({ type: 'member', email, name, role, teams: ofMember, joined: joinedAt !== null });
  }
  for await (const key of exportKeys(db, id, names)) yield line(key);
  yield { type: 'end', lines };
}

async function readRoles(db: Kysely<Tables>, organizationId: string) {
  const rows = await db
    .selectFrom('current_roles')
    .select(ROLE_COLUMNS)
    .where('organization_id', '=', organizationId)
    .orderBy('name_key')
    .execute();
  return rows.map(toRole);
}

async function readTeams(db: Kysely<Tables>, organizationId: string) {
  const rows = await db
    .selectFrom('teams')
    .select(TEAM_COLUMNS)
    .where('organization_id', '=', organizationId)
    .orderBy('name_key')
    .execute();
  return rows.map(toTeam);
}

async function readMembers(db: Kysely<Tables>, organizationId: string) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .leftJoin('membership_teams', 'membership_teams.membership_id', 'memberships.id')
    .select([
      'users.email',
      'memberships.name',
      'memberships.role_id as roleId',
      'memberships.joined_at as joinedAt',
      'membership_teams.team_id as teamId',
    ])
    .where('memberships.organization_id', '=', organizationId)
    .orderBy('users.email')
    .execute();
  const members = new Map<string, (typeof rows)[number] & { readonly teamIds: string[] }>();
  for (const row of rows) {
    const member = members.get(row.email) ?? { ...row, teamIds: [] };
    if (row.teamId !== null) member.teamIds.push(row.teamId);
    members.set(row.email, member);
  }
  return [...members.values()];
}

function namesOf(named: readonly { readonly id: string; readonly name: string }[]): Map<string, string> {
  return new Map(named.map(({ id, name }) => [id, name]));
}
