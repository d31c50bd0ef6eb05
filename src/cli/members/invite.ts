import { randomUUID } from 'node:crypto';
import { connect } from '../ask.ts';
import { InviteMemberDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import { findRole, findTeams } from '../organizations/find-by-name.ts';
import { inOrganization } from '../organizations/in-organization.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { facts } from '../table.ts';

/** The options of `members invite`. */
export interface InviteMemberOptions extends ServerOptions {
  readonly organization?: string;
  readonly name?: string;
  /** Id or name. */
  readonly role: string;
  readonly team?: string[];
  readonly quiet?: true;
}

/** Invites a member and prints the sign-in link, which is not shown again. With `quiet`, prints only the link. */
export async function inviteMember(io: Io, email: string, options: InviteMemberOptions): Promise<void> {
  const ask = connect(io, options);
  const { name, role: roleName, team = [] } = options;
  const invited = await inOrganization(io, ask, options.organization, async (organizationId) => {
    const roleId = await findRole(ask, organizationId, roleName);
    const teamIds = await findTeams(ask, organizationId, team);
    const { inviteMember: result } = await ask(InviteMemberDocument, {
      input: {
        organizationId,
        email,
        roleId,
        teamIds,
        idempotencyKey: randomUUID(),
        ...(name !== undefined && { name }),
      },
    });
    return accepted(result, 'InviteMemberPayload');
  });
  const { membership, signInUrl } = invited;
  if (options.quiet) io.stdout.write(`${signInUrl}\n`);
  else if (options.json) printJson(io, { membership, signInUrl });
  else {
    const { id, role, teams } = membership;
    io.stdout.write(
      facts([
        ['ID', id],
        ['E-mail', membership.email],
        ['Name', membership.name],
        ['Role', role.name],
        ['Teams', teams.map((team) => team.name).join(', ')],
        ['Sign-in link', signInUrl],
      ]),
    );
    io.stderr.write('Copy this link now. It works once and is not shown again.\n');
  }
}
