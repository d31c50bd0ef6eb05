import { connect } from '../ask.ts';
import { type Io, printJson } from '../io.ts';
import { type PageOptions, readPages } from '../pages.ts';
import type { ServerOptions } from '../server-options.ts';
import { shortTime, table } from '../table.ts';
import { readMembers } from './read-members.ts';

/** The options of `members list`. */
export interface ListMembersOptions extends ServerOptions, PageOptions {
  readonly organization?: string;
}

/** Prints the members of an organization, invited ones included. */
export async function listMembers(io: Io, options: ListMembersOptions): Promise<void> {
  const ask = connect(io, options);
  const { organization = null } = options;
  const members = await readPages(io, options, (page) => readMembers(ask, organization, page));
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
