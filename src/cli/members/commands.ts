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
    .description('Invite, list and remove members of an organization');

  const invite = members
    .command('invite')
    .description('Invite a person and print the sign-in link, which is shown only once')
    .argument('<email>', 'e-mail address of the person')
    .requiredOption('--role <role>', 'role of the member, by ID or name')
    .option('--name <name>', 'name of the person')
    .option('--team <team>', 'team that the member joins, by ID or name; repeatable', repeated)
    .addOption(new Option('--quiet', 'print only the link').conflicts('json'));
  addServerOptions(
    addOrganizationOption(invite),
    'print {"membership", "signInUrl"} and nothing else',
  ).action(async (email: string, options: InviteMemberOptions) => {
    const { inviteMember } = await import('./invite.ts');
    await inviteMember(io, email, options);
  });

  const list = members.command('list').description('List members and pending invitations');
  addServerOptions(addPageOptions(addOrganizationOption(list)), 'print a JSON array and nothing else').action(
    async (options: ListMembersOptions) => {
      const { listMembers } = await import('./list.ts');
      await listMembers(io, options);
    },
  );

  const remove = members
    .command('remove')
    .description('Remove a member and sign them out immediately')
    .argument('<member>', 'membership ID (mem_…) or e-mail address');
  addServerOptions(addOrganizationOption(remove), 'print {"removedId"} and nothing else').action(
    async (member: string, options: RemoveMemberOptions) => {
      const { removeMember } = await import('./remove.ts');
      await removeMember(io, member, options);
    },
  );
}
