import type { Command, Option } from 'commander';

/** What a word can go on as. */
export interface Completion {
  readonly word: string;
  readonly description: string;
}

/**
 * What the last of the words, which is being typed, can become: commands, options, or the values of an option or an
 * argument that has a list of them. Reads the program's own tree, and runs nothing.
 */
export function completeWords(program: Command, words: readonly string[]): Completion[] {
  // bash cuts `--option=value` at the sign.
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

/** Where the finished words lead: the command, the option that waits for its value, and how many operands there are. */
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
