import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { runs } from '../runs.ts';

/** The commands about users' identities at the OpenID provider. Each is loaded when it runs. */
export function addIdentityCommands(program: Command, io: Io): void {
  const identities = program
    .command('identities')
    .description('List and unlink users’ identities at the OpenID provider');

  identities
    .command('list')
    .description('List the identities of all users')
    .option('--json', 'print a JSON array and nothing else')
    .action(runs(io, () => import('./list.ts'), 'printIdentities'));

  identities
    .command('unlink')
    .description('Unlink a user’s identity and sign the user out, so that another identity can be linked')
    .argument('<email>', 'e-mail address of the user in Keywright')
    .action(runs(io, () => import('./unlink.ts'), 'unlink'));
}
