import { type Command, Option } from 'commander';
import { wholeNumber } from './option-values.ts';

/** The options of every command that uses a server. */
export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: true;
}

/** The default server address. */
export const DEFAULT_URL = 'http://127.0.0.1:4000';

/** Adds the options shared by every command that sends requests to a server. */
export function addServerOptions(command: Command, json: string): Command {
  return command
    .option('--json', json)
    .option('--url <url>', `address of the server (default: KEYWRIGHT_URL, or ${DEFAULT_URL})`)
    .option(
      '--token <token>',
      'session token, API key or operator token (default: KEYWRIGHT_TOKEN, which keeps it out of the process list)',
    );
}

/** Adds the option that selects an organization. */
export function addOrganizationOption(command: Command): Command {
  return command.option(
    '--organization <organization>',
    'ID or slug of the organization (default: KEYWRIGHT_ORGANIZATION, or your only one)',
  );
}

/** Adds the options that select a part of a list. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--first <count>', 'number of rows: 1 to 100 (default: 100)', wholeNumber(1, 100))
    .option('--after <cursor>', 'only rows after this cursor')
    .addOption(new Option('--all', 'all rows').conflicts(['first', 'after']));
}
