import { type Command, Option } from 'commander';
import type { RateLimitInput } from '../generated/graphql.ts';
import { fromNow, jsonObject, rateLimit, repeated, time } from '../option-values.ts';

/** A key's policy as typed. False: cleared. */
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

/** Each option with the description of its `--no-…` form. */
const OPTIONS: readonly (readonly [Option, cleared: string])[] = [
  [new Option('--description <text>', 'description of the key'), 'remove the description'],
  [new Option('--role <role>', 'role to assign, by ID or name'), 'remove the role'],
  [
    new Option(
      '--grant, --permission <name>',
      'permission to grant in addition to the role; repeatable',
    ).argParser(repeated),
    'remove all additional permissions',
  ],
  [
    new Option('--team <team>', 'team to bind the key to, by ID or name; repeatable').argParser(repeated),
    'allow all teams',
  ],
  [
    new Option('--allow <network>', 'network to allow, such as 10.0.0.0/8; repeatable').argParser(repeated),
    'allow any address',
  ],
  [
    new Option('--rate-limit <limit>', 'requests per window, for example 100/60s').argParser(rateLimit),
    'remove the rate limit',
  ],
  [
    new Option('--expires-at <time>', 'when the key expires: 2027-01-31, 2027-01-31T12:00:00Z')
      .argParser(time)
      .conflicts('expiresIn'),
    'remove the expiry',
  ],
  [new Option('--external-id <id>', 'ID of the key’s owner in your own system'), 'remove the external ID'],
  [
    new Option('--metadata <json>', 'your own data about the key: a JSON object').argParser(jsonObject),
    'remove the metadata',
  ],
];

/** Adds the options of a key's policy, with `--no-…` for those that can be cleared. */
export function addPolicyOptions(command: Command, { clearable }: { clearable: boolean }): Command {
  for (const [option, cleared] of OPTIONS) {
    command.addOption(option);
    if (clearable) command.option(`--no-${option.long?.slice(2)}`, cleared);
  }
  const expiresIn = new Option('--expires-in <time>', 'when the key expires, from now: 90d, 12h').argParser(
    fromNow,
  );
  return command.addOption(expiresIn);
}
