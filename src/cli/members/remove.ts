import { foldName } from '../../core/input.ts';
import { type Ask, connect } from '../ask.ts';
import { RemoveMemberDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import { inOrganization } from '../organizations/in-organization.ts';
import { findInPages } from '../pages.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { readMembers } from './read-members.ts';

/** The options of `members remove`. */
export interface RemoveMemberOptions extends ServerOptions {
  readonly organization?: string;
}

/** Removes a member by id or e-mail address. Their sessions lose access to the organization immediately. */
export async function removeMember(io: Io, idOrEmail: string, options: RemoveMemberOptions): Promise<void> {
  const ask = connect(io, options);
  const id = idOrEmail.includes('@')
    ? await inOrganization(io, ask, options.organization, (organizationId) =>
        findMembership(ask, organizationId, idOrEmail),
      )
    : idOrEmail;
  const { removeMember: result } = await ask(RemoveMemberDocument, { input: { id } });
  const { removedId } = accepted(result, 'RemoveMemberPayload');
  if (options.json) printJson(io, { removedId });
  else io.stdout.write(`Removed ${idOrEmail}\n`);
}

async function findMembership(ask: Ask, organizationId: string | null, idOrEmail: string): Promise<string> {
  const email = foldName(idOrEmail);
  const found = await findInPages(
    (page) => readMembers(ask, organizationId, page),
    (member) => member.email === email,
  );
  if (!found) throw new Error(`No member found with the e-mail address ${email}`);
  return found.id;
}
