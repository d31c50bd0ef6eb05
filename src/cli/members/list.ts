import { connect } from '../ask.ts';
import { type Io, printJson } from '../io.ts';
import { inOrganization } from '../organizations/in-organization.ts';
import { type PageOptions, readPages } from '../pages.ts';
import type { ServerOptions } from '../server-options.ts';
import { shortTime, table } from '../table.ts';
import { readMembers } from './read-members.ts';

/** The options of `members list`. */
export interface ListMembersOptions extends ServerOptions, PageOptions {
  readonly organization?: string;
}

/** Prints the members of an organization, including pending invitations. */
export async function listMembers(io: Io, options: ListMembersOptions): Promise<void> {
  const ask = connect(io, options);
  const members = await inOrganization(io, ask, options.organization, (organizationId) =>
    readPages(io, options, (page) => readMembers(ask, organizationId, page)),
  );
  if (options.json) return printJson(io, members);
  const rows = members.map(({ id, email, name, role, teams, joinedAt }) => [
    id,
    email,
    name,
    role.name,
    teams.map((team) => team.name).join(', '),
    shortTime(joinedAt) ?? 'invited',
  ]);
  io.stdout.write(table(['ID', 'EMAIL', 'NAME', 'ROLE', 'TEAMS', 'JOINED'], rows));
}
