import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { jsonObject, repeated, repeatedOneOf, seconds, timeOrAgo, timeOrAhead } from '../option-values.ts';
import { runs } from '../runs.ts';
import { addOrganizationOption, addPageOptions, addServerOptions } from '../server-options.ts';
import { addMovingCommands } from './moving-commands.ts';
import { addPolicyOptions } from './policy-options.ts';

const ENVIRONMENTS = ['live', 'test'];
const STATUSES = ['active', 'disabled', 'expired', 'revoked'];

/** The commands about keys. Each is loaded when it runs. */
export function addKeyCommands(program: Command, io: Io): void {
  const keys = program
    .command('keys')
    .description('Create, list, update, rotate, revoke, verify, import and export API keys');
  addCreate(keys, io);
  addList(keys, io);
  addShow(keys, io);
  addUpdate(keys, io);
  addSwitch(keys, io);
  addRotate(keys, io);
  addRevoke(keys, io);
  addVerify(keys, io);
  addMovingCommands(keys, io);
}

function addCreate(keys: Command, io: Io): void {
  const create = keys
    .command('create')
    .description('Create a key and print its secret, which is shown only once')
    .requiredOption('--name <name>', 'name of the key')
    .addOption(environment('environment of the key, which is part of the secret (default: live)'));
  addPolicyOptions(addOrganizationOption(create), { clearable: false }).addOption(secretAlone());
  addServerOptions(create, 'print {"apiKey", "secret"} and nothing else').action(
    runs(io, () => import('./create.ts'), 'createKey'),
  );
}

function addList(keys: Command, io: Io): void {
  const list = addOrganizationOption(keys.command('list'))
    .description('List keys; excludes revoked keys unless --status includes them')
    .option('--search <text>', 'only keys with this text in the name, description, first characters or ID')
    .addOption(
      new Option('--status <status>', 'only keys with this status; repeatable')
        .choices(STATUSES)
        .argParser(repeatedOneOf(STATUSES)),
    )
    .addOption(environment('only keys in this environment'))
    .option('--role <role>', 'only keys with this role, by ID or name')
    .option('--team <team>', 'only keys bound to this team, by ID or name')
    .option('--created-by <id>', 'only keys created by this user or key')
    .option('--external-id <id>', 'only keys with this external ID')
    .addOption(
      new Option(
        '--metadata <json>',
        'only keys whose metadata contains the members of this JSON object',
      ).argParser(jsonObject),
    )
    .option(
      '--unused-since <time>',
      'only keys not used since this time: 2027-01-31, or 90d for 90 days ago',
      timeOrAgo,
    )
    .option(
      '--expires-before <time>',
      'only keys that expire before this time: 2027-01-31, or 7d for 7 days from now',
      timeOrAhead,
    )
    .option(
      '--rotation-due-before <time>',
      'only keys whose rotation is due before this time: 2027-01-31, or 7d for 7 days from now',
      timeOrAhead,
    )
    .addOption(
      new Option('--order-by <what>', 'sort order (default: created)').choices([
        'name',
        'created',
        'last-used',
        'expires',
      ]),
    )
    .addOption(
      new Option('--order <direction>', 'sort direction (default: depends on --order-by)').choices([
        'asc',
        'desc',
      ]),
    );
  addPageOptions(list).addOption(new Option('--quiet', 'print only IDs, one per line').conflicts('json'));
  addServerOptions(list, 'print a JSON array and nothing else').action(
    runs(io, () => import('./list.ts'), 'listKeys'),
  );
}

function addShow(keys: Command, io: Io): void {
  const show = keys
    .command('show')
    .description('Show a key and the first characters of its secrets')
    .argument('<id>', 'ID of the key: key_…');
  addServerOptions(show, 'print one JSON object and nothing else').action(
    runs(io, () => import('./show.ts'), 'showKey'),
  );
}

function addUpdate(keys: Command, io: Io): void {
  const update = keys
    .command('update')
    .description('Update a key; its secrets don’t change, and lists are replaced as a whole')
    .argument('<id>', 'ID of the key: key_…')
    .option('--name <name>', 'name of the key')
    .option('--enable', 'enable the key again')
    .addOption(new Option('--disable', 'disable the key until it is enabled again').conflicts('enable'));
  addPolicyOptions(update, { clearable: true });
  addServerOptions(update, 'print the key as one JSON object and nothing else').action(
    runs(io, () => import('./update.ts'), 'updateKey'),
  );
}

function addSwitch(keys: Command, io: Io): void {
  const JSON_OUTPUT = 'print {"apiKeys", "propagation"} and nothing else';
  const disable = keys
    .command('disable')
    .description('Disable keys until they are enabled again: either all of them or none')
    .argument('<id...>', 'IDs of the keys: key_…');
  addServerOptions(disable, JSON_OUTPUT).action(runs(io, () => import('./switch.ts'), 'disableKeys'));

  const enable = keys
    .command('enable')
    .description('Enable disabled keys again: either all of them or none')
    .argument('<id...>', 'IDs of the keys: key_…');
  addServerOptions(enable, JSON_OUTPUT).action(runs(io, () => import('./switch.ts'), 'enableKeys'));
}

function addRotate(keys: Command, io: Io): void {
  const rotate = keys
    .command('rotate')
    .description('Rotate a key and print its new secret, which is shown only once')
    .argument('<id>', 'ID of the key: key_…')
    .option(
      '--overlap <time>',
      'how long the previous secret is still accepted: 0, 30m, 24h, up to 90d (default: 24h)',
      seconds,
    )
    .addOption(secretAlone());
  addServerOptions(rotate, 'print {"apiKey", "secret", "retiring"} and nothing else').action(
    runs(io, () => import('./rotate.ts'), 'rotateKey'),
  );
}

function addRevoke(keys: Command, io: Io): void {
  const revoke = keys
    .command('revoke')
    .description('Revoke keys immediately and permanently: either all of them or none')
    .argument('<id...>', 'IDs of the keys: key_…')
    .option('--reason <text>', 'reason, recorded in the audit log');
  addServerOptions(revoke, 'print {"apiKeys", "propagation"} and nothing else').action(
    runs(io, () => import('./revoke.ts'), 'revokeKeys'),
  );

  const secret = keys
    .command('revoke-secret')
    .description(
      'Revoke one secret of a key immediately and permanently; its other secrets are still accepted',
    )
    .argument('<id>', 'ID of the secret: sec_…');
  addServerOptions(secret, 'print {"apiKey", "propagation"} and nothing else').action(
    runs(io, () => import('./revoke-secret.ts'), 'revokeSecret'),
  );
}

function addVerify(keys: Command, io: Io): void {
  const verify = keys
    .command('verify')
    .description('Verify a key; exits with 1 if it is denied')
    .argument(
      '<secret>',
      'the secret, or - to read it from standard input, which keeps it out of the process list',
    )
    .option('--permission <name>', 'permission the key must have; repeatable', repeated)
    .option(
      '--any-permission <name>',
      'alternative permission, one of which the key must have; repeatable',
      repeated,
    )
    .option('--ip <address>', 'IP address of the client')
    .option('--team <id>', 'ID of the team that the key must be bound to, unless it is bound to none')
    .addOption(environment('environment the key must belong to'));
  addServerOptions(verify, 'print one JSON object and nothing else').action(
    runs(io, () => import('./verify.ts'), 'verifyKey'),
  );
}

function environment(description: string): Option {
  return new Option('--environment <name>', description).choices(ENVIRONMENTS);
}

function secretAlone(): Option {
  return new Option('--quiet', 'print only the secret, for example to pipe it to a secret store').conflicts(
    'json',
  );
}
