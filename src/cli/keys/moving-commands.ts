import { type Command, Option } from 'commander';
import { FORMATS } from '../import/formats.ts';
import type { Io } from '../io.ts';
import { repeated } from '../option-values.ts';
import { runs } from '../runs.ts';

/** The commands that move keys from and to other systems. They work on the database. */
export function addMovingCommands(keys: Command, io: Io): void {
  keys
    .command('import')
    .description('Import keys of another system by the hashes of their secrets, directly into the database')
    .argument('<file>', 'file to read; for better-auth also an SQLite file or a PostgreSQL URL')
    .addOption(new Option('--format <format>', 'format of the file').choices(FORMATS).makeOptionMandatory())
    .addOption(organization())
    .addOption(
      new Option('--environment <name>', 'environment of keys that have none (default: live)').choices([
        'live',
        'test',
      ]),
    )
    .option('--role <role>', 'role of keys that have none, by ID or name')
    .option('--map-role <from=to>', 'role for keys with a role of the other system; repeatable', repeated)
    .option(
      '--map-permission <from=to>',
      'permission for one of the other system, or FROM= for none; repeatable',
      repeated,
    )
    .option('--plain', 'the other system stores secrets in plain text; only for better-auth')
    .option('--dry-run', 'check everything and change nothing')
    .option('--rejects <file>', 'write rejected records and the reasons to this file, as JSON Lines')
    .option('--json', 'print a JSON summary and nothing else')
    .action(runs(io, () => import('../import/import-keys.ts'), 'importKeys'));

  keys
    .command('export')
    .description('Export an organization with the hashes of its keys, directly from the database')
    .option('--output <file>', 'new file, readable by its owner only (default: standard output)', '-')
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
