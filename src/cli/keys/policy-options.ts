import { type Command, Option } from 'commander';
import type { Ask } from '../ask.ts';
import type { RateLimitInput } from '../generated/graphql.ts';
import { fromNow, jsonObject, rateLimit, repeated, time } from '../option-values.ts';
import { findRole, findTeam } from '../organizations/find-by-name.ts';

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

/** The same as the API takes it: null clears, what is left out stays. */
export interface Policy {
  readonly description?: string | null;
  readonly roleId?: string | null;
  readonly grants?: string[];
  readonly teamIds?: string[];
  readonly ipAllowlist?: string[];
  readonly rateLimit?: RateLimitInput | null;
  readonly expiresAt?: string | null;
  readonly externalId?: string | null;
  readonly metadata?: Record<string, unknown> | null;
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

/** The policy that the options say. Roles and teams that are given by name are looked up in the organization. */
export async function readPolicy(
  ask: Ask,
  organizationId: () => Promise<string | null>,
  options: PolicyOptions,
): Promise<Policy> {
  const { description, role, permission, team, allow, rateLimit, externalId, metadata } = options;
  const expiresAt = options.expiresIn ?? options.expiresAt;
  return {
    ...(description !== undefined && { description: description || null }),
    ...(role !== undefined && {
      roleId: role === false ? null : await findRole(ask, await organizationId(), role),
    }),
    ...(permission !== undefined && { grants: permission || [] }),
    ...(team !== undefined && { teamIds: await teamIds(ask, organizationId, team || []) }),
    ...(allow !== undefined && { ipAllowlist: allow || [] }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit || null }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt || null }),
    ...(externalId !== undefined && { externalId: externalId || null }),
    ...(metadata !== undefined && { metadata: metadata || null }),
  };
}

async function teamIds(
  ask: Ask,
  organizationId: () => Promise<string | null>,
  given: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const team of given) ids.push(await findTeam(ask, await organizationId(), team));
  return ids;
}
