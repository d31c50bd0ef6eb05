import { Argument, type Command } from 'commander';
import type { Io } from '../io.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** The command that prints a shell's script, and the one that the script calls. */
export function addCompletionCommands(program: Command, io: Io): void {
  program
    .command('completion')
    .description('Print a shell completion script')
    .addArgument(new Argument('<shell>', 'name of the shell').choices(SHELLS))
    .action((shell: Shell) => void io.stdout.write(SCRIPTS[shell]));

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { completeWords } = await import('./words.ts');
      const found = completeWords(program, words);
      io.stdout.write(found.map(({ word, description }) => `${word}\t${description}\n`).join(''));
    });
}
