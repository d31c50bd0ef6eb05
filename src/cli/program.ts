import { Command, CommanderError, InvalidArgumentError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { scrub } from '../core/scrub.ts';
import { PROCESS_ARGUMENT } from '../verify-server/process-argument.ts';
import { addCompletionCommands } from './completion/commands.ts';
import { explain } from './explain.ts';
import { addIdentityCommands } from './identities/commands.ts';
import type { Io } from './io.ts';
import { addKeyCommands } from './keys/commands.ts';
import { addMemberCommands } from './members/commands.ts';
import { addOrganizationCommands } from './organizations/commands.ts';
import { runs } from './runs.ts';
import { UsageError } from './usage-error.ts';

/** The exit code of a rejected operation. */
const REFUSED = 1;

/** The exit code of wrong usage. */
const WRONG_USAGE = 2;

/**
 * Runs one command: `args` without the program's own name. Resolves with the exit code: 0, 1 for a rejected operation,
 * or 2 for invalid usage. The reason is on standard error. Never rejects.
 */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  try {
    await buildProgram(io).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already printed the error, or the requested help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    io.stderr.write(`${explain(error)}\n`);
    return error instanceof UsageError ? WRONG_USAGE : REFUSED;
  }
}

/** The commands and their options. What a command needs is loaded when it runs, so that each starts fast. */
export function buildProgram(io: Io): Command {
  const program = new Command('keywright')
    .description('API keys for your product, over GraphQL')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // It quotes what was typed, which may be a token in the wrong position.
      writeErr: (text) => io.stderr.write(scrub(text)),
    })
    .showHelpAfterError('(see --help)');

  program
    .command('serve')
    .description('Migrate the database and start the server')
    .option('--port <number>', 'port to listen on, 0 for any free port (default: PORT, or 4000)', port)
    .option('--host <address>', 'address to listen on (default: HOST, or 127.0.0.1)')
    .action(runs(io, () => import('./serve/serve.ts'), 'serve'));

  program
    .command(PROCESS_ARGUMENT, { hidden: true })
    .description('Verify API keys for a server, which starts this command')
    .action(runs(io, () => import('./serve/verification-process.ts'), 'verificationProcess'));

  program
    .command('init')
    .description('Create an organization and its owner; can be used while the server is running')
    .requiredOption('--organization <name>', 'name of the organization')
    .requiredOption('--email <address>', 'e-mail address of the owner')
    .option('--name <name>', 'name of the owner')
    .option('--key-prefix <prefix>', 'first part of the organization’s keys (default: KEY_PREFIX, or kw)')
    .option('--json', 'print one JSON object and nothing else')
    .action(runs(io, () => import('./init.ts'), 'init'));

  program
    .command('sign-in-link')
    .description('Create a one-time sign-in link for an existing user')
    .argument('[email]', 'e-mail address of the user (default: the first owner)')
    .action(runs(io, () => import('./sign-in-link.ts'), 'signInLink'));

  program
    .command('session-token')
    .description('Sign in as an existing user and print the session token')
    .argument('[email]', 'e-mail address of the user (default: the first owner)')
    .action(runs(io, () => import('./sign-in-link.ts'), 'sessionToken'));

  program
    .command('migrate')
    .description('Migrate the database to the current schema')
    .action(runs(io, () => import('./migrate.ts'), 'migrateDatabase'));

  program
    .command('copy')
    .description(
      'Copy all data to another database, for example from SQLite to PostgreSQL; resumes if interrupted',
    )
    .requiredOption('--from <url>', 'source database; stop all servers that use it')
    .option('--to <url>', 'target database (default: DATABASE_URL)')
    .action(runs(io, () => import('./copy.ts'), 'copy'));

  addOperatorTokens(program, io);
  addIdentityCommands(program, io);
  addKeyCommands(program, io);
  addOrganizationCommands(program, io);
  addMemberCommands(program, io);
  addCompletionCommands(program, io);
  return program;
}

function addOperatorTokens(program: Command, io: Io): void {
  const tokens = program
    .command('operator-tokens')
    .description('Create, list and revoke operator tokens for your own back end');

  tokens
    .command('create')
    .description('Create a token and print it, which is shown only once')
    .argument('<name>', 'name of the token: 1 to 64 characters of a-z, 0-9, ., _ and -')
    .option('--json', 'print one JSON object and nothing else')
    .action(runs(io, () => import('./operator-tokens.ts'), 'createToken'));

  tokens
    .command('list')
    .description('List all tokens, including revoked ones')
    .option('--json', 'print a JSON array and nothing else')
    .action(runs(io, () => import('./operator-tokens.ts'), 'listTokens'));

  tokens
    .command('revoke')
    .description('Revoke a token, immediately and permanently')
    .argument('<name>', 'name of the token')
    .action(runs(io, () => import('./operator-tokens.ts'), 'revokeToken'));
}

/** The text of a port; parsed with the rest of the configuration. */
function port(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}
