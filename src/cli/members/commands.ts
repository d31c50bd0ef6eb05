import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { repeated } from '../option-values.ts';
import { addPageOptions } from '../page-options.ts';
import { addServerOptions } from '../server-options.ts';
import type { InviteMemberOptions } from './invite.ts';
import type { ListMembersOptions } from './list.ts';
import type { RemoveMemberOptions } from './remove.ts';

const ORGANIZATION = 'id of the organization; may be left out by an API key, or a user of a single one';

/** The commands about members. Each is loaded when it runs. */
export function addMemberCommands(program: Command, io: Io): void {
  const members = program
    .command('members')
    .description('Invite, list and remove the people of an organization');

  const invite = members
    .command('invite')
    .description('Invite somebody and print the link to sign in by, this once')
    .argument('<email>', 'who')
    .requiredOption('--role <role>', 'what they may do: a role by id or name')
    .option('--name <name>', 'what they are called')
    .option('--team <team>', 'team they are in, by id or name; repeatable', repeated)
    .option('--organization <id>', ORGANIZATION)
    .addOption(new Option('--quiet', 'print the link alone').conflicts('json'));
  addServerOptions(invite, 'print {"membership", "signInUrl"} and nothing else').action(
    async (email: string, options: InviteMemberOptions) => {
      const { inviteMember } = await import('./invite.ts');
      await inviteMember(io, email, options);
    },
  );

  const list = members
    .command('list')
    .description('List the members, invited ones included')
    .option('--organization <id>', ORGANIZATION);
  addServerOptions(addPageOptions(list), 'print a JSON array and nothing else').action(
    async (options: ListMembersOptions) => {
      const { listMembers } = await import('./list.ts');
      await listMembers(io, options);
    },
  );

  const remove = members
    .command('remove')
    .description('Remove a member; their sessions end at once')
    .argument('<member>', 'membership id (mem_…) or e-mail address')
    .option('--organization <id>', ORGANIZATION);
  addServerOptions(remove, 'print {"removedId"} and nothing else').action(
    async (member: string, options: RemoveMemberOptions) => {
      const { removeMember } = await import('./remove.ts');
      await removeMember(io, member, options);
    },
  );
}
