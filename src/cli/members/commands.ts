import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { repeated } from '../option-values.ts';
import { addPageOptions } from '../page-options.ts';
import { addOrganizationOption, addServerOptions } from '../server-options.ts';
import type { InviteMemberOptions } from './invite.ts';
import type { ListMembersOptions } from './list.ts';
import type { RemoveMemberOptions } from './remove.ts';

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
    .addOption(new Option('--quiet', 'print the link alone').conflicts('json'));
  addServerOptions(
    addOrganizationOption(invite),
    'print {"membership", "signInUrl"} and nothing else',
  ).action(async (email: string, options: InviteMemberOptions) => {
    const { inviteMember } = await import('./invite.ts');
    await inviteMember(io, email, options);
  });

  const list = members.command('list').description('List the members, invited ones included');
  addServerOptions(addPageOptions(addOrganizationOption(list)), 'print a JSON array and nothing else').action(
    async (options: ListMembersOptions) => {
      const { listMembers } = await import('./list.ts');
      await listMembers(io, options);
    },
  );

  const remove = members
    .command('remove')
    .description('Remove a member; their sessions end at once')
    .argument('<member>', 'membership id (mem_…) or e-mail address');
  addServerOptions(addOrganizationOption(remove), 'print {"removedId"} and nothing else').action(
    async (member: string, options: RemoveMemberOptions) => {
      const { removeMember } = await import('./remove.ts');
      await removeMember(io, member, options);
    },
  );
}
