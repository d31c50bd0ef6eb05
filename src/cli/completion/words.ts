import type { Command, Option } from 'commander';

/** Possible completions of a word. */
export interface Completion {
  readonly word: string;
  readonly description: string;
}

/**
 * Completions of the last word: commands, options, or values of an option or argument that has choices. Reads the
 * program's own command tree and runs nothing.
 */
export function completeWords(program: Command, words: readonly string[]): Completion[] {
  // bash splits `--option=value` at the sign.
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => word !== '=');
  const { command, option, operands } = walk(program, before);
  const [, name, value] = /^(--[\w-]+)=(.*)$/.exec(typed) ?? [];
  if (name !== undefined && value !== undefined) {
    const choices = optionNamed(command, name)?.argChoices ?? [];
    return startingWith(typed, choices.map((choice) => `${name}=${choice}`).map(plain));
  }
  if (option) return startingWith(typed, (option.argChoices ?? []).map(plain));
  if (typed.startsWith('-')) return startingWith(typed, options(command));
  const choices = command.registeredArguments[operands]?.argChoices ?? [];
  return startingWith(typed, [...(operands === 0 ? commands(command) : []), ...choices.map(plain)]);
}

/** Resolves the finished words to a command, the option that expects a value, and the number of operands. */
function walk(program: Command, words: readonly string[]) {
  let command = program;
  let option: Option | undefined;
  let operands = 0;
  for (const word of words) {
    if (option) option = undefined;
    else if (word.startsWith('-')) option = takesValue(optionNamed(command, word));
    else {
      const next = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (next) command = next;
      else operands += 1;
    }
  }
  return { command, option, operands };
}

function takesValue(option: Option | undefined): Option | undefined {
  return option?.required || option?.optional ? option : undefined;
}

function optionNamed(command: Command, word: string): Option | undefined {
  return command.options.find(({ short, long }) => word === short || word === long);
}

function commands(command: Command): Completion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), description: one.description() }));
}

function options(command: Command): Completion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ word: long, description }] : []));
}

function plain(word: string): Completion {
  return { word, description: '' };
}

function startingWith(typed: string, found: readonly Completion[]): Completion[] {
  return found.filter(({ word }) => word.startsWith(typed));
}
