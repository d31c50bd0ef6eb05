import { type Command, InvalidArgumentError } from 'commander';
import type { Io } from '../io.ts';
import { wholeNumber } from '../option-values.ts';
import { runs } from '../runs.ts';
import { addPageOptions, addServerOptions } from '../server-options.ts';

/** The commands about organizations. Each is loaded when it runs. */
export function addOrganizationCommands(program: Command, io: Io): void {
  const organizations = program
    .command('organizations')
    .description('List and show organizations and limit their keys');

  const list = organizations
    .command('list')
    .description('List your organizations, or all organizations with an operator token');
  addServerOptions(addPageOptions(list), 'print a JSON array and nothing else').action(
    runs(io, () => import('./list.ts'), 'listOrganizations'),
  );

  const show = organizations
    .command('show')
    .description('Show an organization with its limits, policies and key counts')
    .argument('[organization]', 'ID or slug (default: KEYWRIGHT_ORGANIZATION, or your only one)');
  addServerOptions(show, 'print one JSON object and nothing else').action(
    runs(io, () => import('./show.ts'), 'showOrganization'),
  );

  organizations
    .command('limit')
    .description('Limit the active keys of an organization, directly in the database')
    .argument('<organization>', 'ID or slug of the organization')
    .argument('<number>', 'maximum number of active keys, or none for no limit', limit)
    .option('--json', 'print one JSON object and nothing else')
    .action(runs(io, () => import('./limit.ts'), 'limitOrganization'));
}

function limit(text: string): number | null {
  if (text === 'none') return null;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number or none.');
  return wholeNumber(0, 2_147_483_647)(text);
}
