import { type Command, Option } from 'commander';
import { wholeNumber } from './option-values.ts';

/** Adds which part of a list to print. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--first <count>', 'number of rows: 1 to 100 (default: 100)', wholeNumber(1, 100))
    .option('--after <cursor>', 'only rows after this cursor')
    .addOption(new Option('--all', 'all rows').conflicts(['first', 'after']));
}
