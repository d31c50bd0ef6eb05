import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { repeated } from '../option-values.ts';
import { runs } from '../runs.ts';
import { addOrganizationOption, addPageOptions, addServerOptions } from '../server-options.ts';

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
  ).action(runs(io, () => import('./invite.ts'), 'inviteMember'));

  const list = members.command('list').description('List members and pending invitations');
  addServerOptions(addPageOptions(addOrganizationOption(list)), 'print a JSON array and nothing else').action(
    runs(io, () => import('./list.ts'), 'listMembers'),
  );

  const remove = members
    .command('remove')
    .description('Remove a member and sign them out immediately')
    .argument('<member>', 'membership ID (mem_…) or e-mail address');
  addServerOptions(addOrganizationOption(remove), 'print {"removedId"} and nothing else').action(
    runs(io, () => import('./remove.ts'), 'removeMember'),
  );
}
