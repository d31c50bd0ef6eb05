import { type Command, Option } from 'commander';
import { FORMATS } from '../import/formats.ts';
import type { Io } from '../io.ts';
import { repeated } from '../option-values.ts';
import { runs } from '../runs.ts';

/** The commands that move keys from and to other systems. They work on the database. */
export function addMovingCommands(keys: Command, io: Io): void {
  keys
    .command('import')
    .description('Import API keys from another system into the database, using the hashes of their secrets')
    .argument('<file>', 'file to read; for better-auth, also an SQLite file or a PostgreSQL URL')
    .addOption(new Option('--format <format>', 'format of the file').choices(FORMATS).makeOptionMandatory())
    .addOption(organization())
    .addOption(
      new Option('--environment <name>', 'environment for keys without one (default: live)').choices([
        'live',
        'test',
      ]),
    )
    .option('--role <role>', 'role for keys without one, by ID or name')
    .option(
      '--map-role <from=to>',
      'map a role of the other system to a Keywright role, or FROM= to drop it; repeatable',
      repeated,
    )
    .option(
      '--map-permission <from=to>',
      'map a permission of the other system to a Keywright permission, or FROM= to drop it; repeatable',
      repeated,
    )
    .option('--plain', 'read secrets that better-auth stores in plain text')
    .option('--dry-run', 'validate the file without importing anything')
    .option('--rejects <file>', 'write rejected records with the reasons to this file, as JSON Lines')
    .option('--json', 'print a JSON summary and nothing else')
    .action(runs(io, () => import('../import/import-keys.ts'), 'importKeys'));

  keys
    .command('export')
    .description('Export an organization from the database, including the hashes of its secrets')
    .option('--output <file>', 'file to create, readable only by its owner (default: standard output)', '-')
    .addOption(organization())
    .option('--json', 'print a JSON summary and nothing else')
    .action(runs(io, () => import('../export/export-keys.ts'), 'exportKeys'));
}

function organization(): Option {
  return new Option(
    '--organization <organization>',
    'ID or slug of the organization (default: KEYWRIGHT_ORGANIZATION, or the only one)',
  );
}
