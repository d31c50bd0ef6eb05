import { type Command, Option } from 'commander';
import type { RateLimitInput } from '../generated/graphql.ts';
import { fromNow, jsonObject, rateLimit, repeated, time } from '../option-values.ts';

/** What somebody decides about a key, as it was typed. False: cleared. */
export interface PolicyOptions {
  readonly description?: string | false;
  readonly role?: string | false;
  readonly permission?: string[] | false;
  readonly team?: string[] | false;
  readonly allow?: string[] | false;
  readonly rateLimit?: RateLimitInput | false;
  readonly expiresAt?: string | false;
  readonly expiresIn?: string;
  readonly externalId?: string | false;
  readonly metadata?: Record<string, unknown> | false;
}

/** Each option with what `--no-…` says of it. */
const OPTIONS: readonly (readonly [Option, cleared: string])[] = [
  [new Option('--description <text>', 'more about it'), 'without a description'],
  [new Option('--role <role>', 'role whose permissions it has, by id or name'), 'without a role'],
  [
    new Option('--grant, --permission <name>', 'permission it has beside the role; repeatable').argParser(
      repeated,
    ),
    'without permissions of its own',
  ],
  [
    new Option('--team <team>', 'team it is bound to, by id or name; repeatable').argParser(repeated),
    'bound to no team',
  ],
  [
    new Option('--allow <network>', 'network it is accepted from, such as 10.0.0.0/8; repeatable').argParser(
      repeated,
    ),
    'accepted from any address',
  ],
  [
    new Option(
      '--rate-limit <limit>',
      'how often it is accepted: 100/60 is 100 times in 60 seconds',
    ).argParser(rateLimit),
    'without a rate limit',
  ],
  [
    new Option('--expires-at <time>', 'from when on it is refused: 2027-01-31, 2027-01-31T12:00:00Z')
      .argParser(time)
      .conflicts('expiresIn'),
    'without an expiry',
  ],
  [new Option('--external-id <id>', 'whom it belongs to in your own system'), 'without an external id'],
  [
    new Option('--metadata <json>', 'what you keep with it: a JSON object').argParser(jsonObject),
    'without metadata',
  ],
];

/** Adds the options of a key's policy, with `--no-…` for each where there is something to clear. */
export function addPolicyOptions(command: Command, { clearable }: { clearable: boolean }): Command {
  for (const [option, cleared] of OPTIONS) {
    command.addOption(option);
    if (clearable) command.option(`--no-${option.long?.slice(2)}`, cleared);
  }
  const expiresIn = new Option(
    '--expires-in <time>',
    'how long it is accepted from now on: 90d, 12h',
  ).argParser(fromNow);
  return command.addOption(expiresIn);
}
