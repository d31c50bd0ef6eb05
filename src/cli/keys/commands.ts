import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { repeated, repeatedOneOf, seconds, timeOrAgo, timeOrAhead } from '../option-values.ts';
import { addPageOptions } from '../page-options.ts';
import { addOrganizationOption, addServerOptions, type ServerOptions } from '../server-options.ts';
import type { CreateKeyOptions } from './create.ts';
import type { ListKeysOptions } from './list.ts';
import { addPolicyOptions } from './policy-options.ts';
import type { RevokeKeysOptions } from './revoke.ts';
import type { RotateKeyOptions } from './rotate.ts';
import type { UpdateKeyOptions } from './update.ts';
import type { VerifyKeyOptions } from './verify.ts';

const ENVIRONMENTS = ['live', 'test'];
const STATUSES = ['active', 'disabled', 'expired', 'revoked'];

/** The commands about keys. Each is loaded when it runs. */
export function addKeyCommands(program: Command, io: Io): void {
  const keys = program.command('keys').description('Make, find, change, rotate, revoke and verify API keys');
  addCreate(keys, io);
  addList(keys, io);
  addShow(keys, io);
  addUpdate(keys, io);
  addRotate(keys, io);
  addRevoke(keys, io);
  addVerify(keys, io);
}

function addCreate(keys: Command, io: Io): void {
  const create = keys
    .command('create')
    .description('Make a key and print its secret, this once')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(environment('what it is for; part of the secret (default: live)'));
  addPolicyOptions(addOrganizationOption(create), { clearable: false }).addOption(secretAlone());
  addServerOptions(create, 'print {"apiKey", "secret"} and nothing else').action(
    async (options: CreateKeyOptions) => {
      const { createKey } = await import('./create.ts');
      await createKey(io, options);
    },
  );
}

function addList(keys: Command, io: Io): void {
  const list = addOrganizationOption(keys.command('list'))
    .description('List keys; all but revoked ones unless --status says otherwise')
    .option('--search <text>', 'only with this in the name, description, first characters or id')
    .addOption(
      new Option('--status <status>', 'only these; repeatable')
        .choices(STATUSES)
        .argParser(repeatedOneOf(STATUSES)),
    )
    .addOption(environment('only of this environment'))
    .option('--role <role>', 'only with this role, by id or name')
    .option('--team <team>', 'only bound to this team, by id or name')
    .option('--created-by <id>', 'only those made by this user or key')
    .option('--external-id <id>', 'only with this external id')
    .option('--unused-since <time>', 'only those not used since then: 2027-01-31, or 90d ago', timeOrAgo)
    .option('--expires-before <time>', 'only those that expire by then: 2027-01-31, or 7d ahead', timeOrAhead)
    .option(
      '--rotation-due-before <time>',
      'only those to be rotated by then: 2027-01-31, or 7d ahead',
      timeOrAhead,
    )
    .addOption(
      new Option('--order-by <what>', 'default: created').choices([
        'name',
        'created',
        'last-used',
        'expires',
      ]),
    )
    .addOption(new Option('--order <direction>', 'default: what fits --order-by').choices(['asc', 'desc']));
  addPageOptions(list).addOption(new Option('--quiet', 'print ids alone, one a line').conflicts('json'));
  addServerOptions(list, 'print a JSON array and nothing else').action(async (options: ListKeysOptions) => {
    const { listKeys } = await import('./list.ts');
    await listKeys(io, options);
  });
}

function addShow(keys: Command, io: Io): void {
  const show = keys
    .command('show')
    .description('Show a key with its secrets, of which only the first characters are known')
    .argument('<id>', 'the key: key_…');
  addServerOptions(show, 'print one JSON object and nothing else').action(
    async (id: string, options: ServerOptions) => {
      const { showKey } = await import('./show.ts');
      await showKey(io, id, options);
    },
  );
}

function addUpdate(keys: Command, io: Io): void {
  const update = keys
    .command('update')
    .description('Change a key, never its secret; a list that is given replaces the one that it has')
    .argument('<id>', 'the key: key_…')
    .option('--name <name>', 'what it is for')
    .option('--enable', 'accept it again')
    .addOption(new Option('--disable', 'refuse it until it is enabled again').conflicts('enable'));
  addPolicyOptions(update, { clearable: true });
  addServerOptions(update, 'print the key as one JSON object and nothing else').action(
    async (id: string, options: UpdateKeyOptions) => {
      const { updateKey } = await import('./update.ts');
      await updateKey(io, id, options);
    },
  );
}

function addRotate(keys: Command, io: Io): void {
  const rotate = keys
    .command('rotate')
    .description('Give a key a new secret and print it, this once')
    .argument('<id>', 'the key: key_…')
    .option(
      '--overlap <time>',
      'how long the old secret goes on: 0, 30m, 24h, up to 90d (default: 24h)',
      seconds,
    )
    .addOption(secretAlone());
  addServerOptions(rotate, 'print {"apiKey", "secret", "retiring"} and nothing else').action(
    async (id: string, options: RotateKeyOptions) => {
      const { rotateKey } = await import('./rotate.ts');
      await rotateKey(io, id, options);
    },
  );
}

function addRevoke(keys: Command, io: Io): void {
  const revoke = keys
    .command('revoke')
    .description('End keys at once and for ever: all of them, or none')
    .argument('<id...>', 'the keys: key_…')
    .option('--reason <text>', 'why, for the audit log');
  addServerOptions(revoke, 'print {"apiKeys", "propagation"} and nothing else').action(
    async (ids: string[], options: RevokeKeysOptions) => {
      const { revokeKeys } = await import('./revoke.ts');
      await revokeKeys(io, ids, options);
    },
  );

  const secret = keys
    .command('revoke-secret')
    .description('End one secret of a key at once and for ever; the key goes on with its others')
    .argument('<id>', 'the secret’s id: sec_…');
  addServerOptions(secret, 'print {"apiKey", "propagation"} and nothing else').action(
    async (id: string, options: ServerOptions) => {
      const { revokeSecret } = await import('./revoke-secret.ts');
      await revokeSecret(io, id, options);
    },
  );
}

function addVerify(keys: Command, io: Io): void {
  const verify = keys
    .command('verify')
    .description('Say whether a key is accepted; exit 1 where it is not')
    .argument('<secret>', 'the secret, or - to read it from standard input, where nobody sees it')
    .option('--permission <name>', 'what it must hold; repeatable', repeated)
    .option('--ip <address>', 'the client’s address')
    .option('--team <id>', 'it must be bound to this team, or to none')
    .addOption(environment('it must be of this environment'));
  addServerOptions(verify, 'print one JSON object and nothing else').action(
    async (secret: string, options: VerifyKeyOptions) => {
      const { verifyKey } = await import('./verify.ts');
      await verifyKey(io, secret, options);
    },
  );
}

function environment(description: string): Option {
  return new Option('--environment <name>', description).choices(ENVIRONMENTS);
}

function secretAlone(): Option {
  return new Option('--quiet', 'print the secret alone, to pipe it where it is kept').conflicts('json');
}
