import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SQLite } from '../../db/sqlite/driver.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { sha256 } from '../support/manifests.ts';
import { databaseFor, run } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Every command that opens the database. */
const COMMANDS: readonly (readonly string[])[] = [
  ['migrate'],
  ['serve', '--port', '0'],
  ['init', '--organization', 'Acme', '--email', 'ada@example.com'],
  ['sign-in-link', 'ada@example.com'],
  ['operator-tokens', 'list'],
  ['operator-tokens', 'create', 'ci'],
  ['identities', 'list'],
  ['organizations', 'limit', 'org', '5'],
  ['copy', '--from', 'sqlite:/nowhere/keywright.db'],
];

/** Each by its name. */
const NAMED = COMMANDS.map((args) => [args.slice(0, 2).join(' '), args] as const);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'keywright-start-'));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A command that does not start says why in one line, without the password. */
async function fault(url: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run({ DATABASE_URL: url, LOG_LEVEL: 'silent' }, ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  const password = /:([^:@/]+)@/.exec(url)?.[1];
  if (password) expect(stderr).not.toContain(password);
  return stderr.trimEnd();
}

/** A port of this machine, and who listens on it for the test. */
async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('an SQLite database', () => {
  test.each(NAMED)('whose folder can’t be made stops %s', async (_name, args) => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'data', 'keywright.db');
    const isCopy = args[0] === 'copy';
    const given = isCopy ? ['copy', '--from', `sqlite:${path}`] : args;
    const url = isCopy ? `sqlite:${join(folder(), 'target.db')}` : `sqlite:${path}`;
    expect(await fault(url, ...given)).toBe(
      `${isCopy ? '--from' : 'DATABASE_URL'}: the folder ${join(file, 'data')} can't be created (EEXIST); create it, or set another path`,
    );
  });

  test.skipIf(!existsSync('/proc/self'))(
    'in a folder of which the system says odd things ends soon',
    async () => {
      expect(await fault('sqlite:/proc/nowhere/keywright.db', 'migrate')).toMatch(
        /^DATABASE_URL: the folder \/proc\/nowhere can't be created/,
      );
    },
  );

  test('that is a folder, a file of something else, or damaged', async () => {
    const path = folder();
    expect(await fault(`sqlite:${path}`, 'serve')).toBe(
      `DATABASE_URL: ${path} is a folder; set the path of a file`,
    );
    const text = join(path, 'notes.txt');
    writeFileSync(text, 'These are notes.\n'.repeat(100));
    expect(await fault(`sqlite:${text}`, 'serve')).toBe(
      `DATABASE_URL: ${text} is not an SQLite database; set another path, or restore a backup`,
    );
    expect(readFileSync(text, 'utf8')).toBe('These are notes.\n'.repeat(100));
  });

  test('of another program is left as it is', async () => {
    const path = join(folder(), 'other.db');
    const other = new SQLite(path);
    other.exec('create table users (id); insert into users values (1)');
    other.close();
    const before = readFileSync(path);
    expect(await fault(`sqlite:${path}`, 'migrate')).toBe(
      `DATABASE_URL: ${path} belongs to another program (it has the table users); use a separate database for Keywright`,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('that another program migrates', async () => {
    const path = join(folder(), 'other.db');
    const other = new SQLite(path);
    other.exec('create table kysely_migration (name text primary key, timestamp text)');
    other.exec("insert into kysely_migration values ('001_init', 'x')");
    other.close();
    expect(await fault(`sqlite:${path}`, 'migrate')).toContain('belongs to another program');
  });

  test('that is locked by another program', async () => {
    const { env, open } = await databaseFor('sqlite');
    await (await open()).close();
    const other = new SQLite(env.DATABASE_URL.slice('sqlite:'.length));
    onTestFinished(() => void other.close());
    other.pragma('journal_mode = DELETE');
    other.exec('begin exclusive');
    expect(await fault(env.DATABASE_URL, 'migrate')).toMatch(
      /^DATABASE_URL: \S+ is locked by another program; /,
    );
  });

  test.skipIf(process.getuid?.() !== 0)('on a full disk', async () => {
    const path = folder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
    const [file, rest] = [join(path, 'keywright.db'), join(path, 'rest')];
    const fill = () => execFileSync('sh', ['-c', `cat /dev/zero > "${rest}" 2>/dev/null || true`]);
    const full = `DATABASE_URL: there is no space left on the disk of ${file}; free some space`;
    fill();
    expect(await fault(`sqlite:${file}`, 'migrate')).toBe(full);
    for (const name of [rest, file]) rmSync(name);
    expect((await run({ DATABASE_URL: `sqlite:${file}` }, 'migrate')).code).toBe(0);
    fill();
    for (const args of [
      ['serve', '--port', '0'],
      ['operator-tokens', 'create', 'ci'],
    ])
      expect(await fault(`sqlite:${file}`, ...args)).toBe(full);
  });

  describe('without the rights', () => {
    // Nothing is forbidden to root.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const PROGRAM = join(ROOT, 'dist/keywright.js');
    const start = (url: string, ...args: string[]) => {
      const env = { DATABASE_URL: url, LOG_LEVEL: 'silent' };
      return spawnSync(process.execPath, [PROGRAM, ...args], { uid, env, encoding: 'utf8' });
    };
    beforeAll(() => {
      execFileSync(process.execPath, [join(ROOT, 'scripts/keywright.mjs'), '--version']);
    });
    const runs = () => start('', '--version').status === 0;

    test('to the folder or the file', async ({ skip }) => {
      skip(!runs(), 'the repository can’t be read by another user');
      const path = folder();
      const forbidden = join(path, 'forbidden');
      mkdirSync(forbidden);
      chmodSync(forbidden, 0o555);
      const file = join(forbidden, 'keywright.db');
      expect(start(`sqlite:${file}`, 'migrate')).toMatchObject({
        status: 1,
        stderr: `DATABASE_URL: the folder ${forbidden} is not writable; grant this user write access, or set another path\n`,
      });
      expect(start(`sqlite:${join(forbidden, 'new', 'keywright.db')}`, 'migrate').stderr).toBe(
        `DATABASE_URL: the folder ${join(forbidden, 'new')} can't be created (EACCES); create it, or set another path\n`,
      );
      const readOnly = join(path, 'keywright.db');
      chmodSync(path, 0o777);
      expect((await run({ DATABASE_URL: `sqlite:${readOnly}` }, 'migrate')).code).toBe(0);
      chmodSync(readOnly, 0o444);
      expect(start(`sqlite:${readOnly}`, 'serve', '--port', '0')).toMatchObject({
        status: 1,
        stdout: '',
        stderr: `DATABASE_URL: ${readOnly} can't be read and written; grant this user access, or set another path\n`,
      });
    });

    test('to a low port', async ({ skip }) => {
      const first = Number(readPort());
      skip(!runs() || first === 0, 'nobody is kept from low ports here');
      const path = folder();
      chmodSync(path, 0o777);
      const { status, stderr } = start(`sqlite:${join(path, 'k.db')}`, 'serve', '--port', '80');
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr:
          'PORT: this user is not allowed to listen on port 80 of 127.0.0.1; set PORT (or --port) to 1024 or above, behind a proxy\n',
      });
    });
  });
});

/** The first port that anybody may listen on. */
function readPort(): string {
  const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '1024';
}

describe('a PostgreSQL database', () => {
  async function created(): Promise<URL> {
    const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
    onTestFinished(drop);
    return new URL(url);
  }

  async function asOwner<T>(url: URL, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  const whereOf = ({ host, pathname }: URL) => `${host}${pathname}`;

  test.each(NAMED)('that nobody serves stops %s', async (_name, args) => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    const url = `postgres://ada:secret-word@127.0.0.1:${port}/keys`;
    if (args[0] === 'copy') {
      expect(await fault(`sqlite:${join(folder(), 'target.db')}`, 'copy', '--from', url)).toBe(
        `--from: nothing is listening at 127.0.0.1:${port}/keys; start PostgreSQL, or correct the host and port`,
      );
      return;
    }
    expect(await fault(url, ...args)).toBe(
      `DATABASE_URL: nothing is listening at 127.0.0.1:${port}/keys; start PostgreSQL, or correct the host and port`,
    );
  });

  test('whose host, user, password or name is wrong', async () => {
    expect(await fault('postgres://ada:secret-word@keys.invalid/keys', 'serve')).toMatch(
      /^DATABASE_URL: the host of keys\.invalid:5432\/keys (was not found|can't be resolved); /,
    );
    const url = await created();
    const wrong = new URL(url);
    wrong.password = 'secret-word';
    expect(await fault(wrong.href, 'serve')).toBe(
      `DATABASE_URL: ${whereOf(url)} rejects the password of the user ${url.username}; correct the user and password in the URL`,
    );
    const missing = new URL(url);
    missing.pathname = '/nowhere';
    expect(await fault(missing.href, 'serve')).toBe(
      `DATABASE_URL: ${whereOf(missing)} does not exist; create the database, or correct its name`,
    );
    const encrypted = new URL(url);
    encrypted.searchParams.set('sslmode', 'verify-full');
    expect(await fault(encrypted.href, 'serve')).toBe(
      `DATABASE_URL: ${whereOf(url)} does not support TLS; enable it on the server, or set sslmode=disable in the URL`,
    );
  });

  test('that is another server', async () => {
    const port = await listening(createHttpServer());
    expect(await fault(`postgres://ada:secret-word@127.0.0.1:${port}/keys`, 'serve')).toBe(
      `DATABASE_URL: 127.0.0.1:${port}/keys closed the connection; check that it is a PostgreSQL server, and its log`,
    );
  });

  test('that accepts the connection, but does not respond', async () => {
    const sockets = new Set<Socket>();
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const port = await listening(createServer((socket) => void sockets.add(socket)));
    expect(await fault(`postgres://ada:secret-word@127.0.0.1:${port}/keys`, 'serve')).toBe(
      `DATABASE_URL: no response from 127.0.0.1:${port}/keys; check the address and any firewalls in between`,
    );
  });

  test('of another program, whose tables are in the way', async () => {
    const url = await created();
    await asOwner(url, (client) => client.query('create table api_keys (id int)'));
    expect(await fault(url.href, 'migrate')).toBe(
      `DATABASE_URL: ${whereOf(url)} belongs to another program (it has the table api_keys); use a separate database for Keywright`,
    );
    // Tables that are not in the way may be those of an extension.
    await asOwner(url, (client) => client.query('alter table api_keys rename to spatial_ref_sys'));
    expect((await run({ DATABASE_URL: url.href }, 'migrate')).code).toBe(0);
  });

  test('in which no tables can be created, or nothing can be changed', async () => {
    const url = await created();
    const name = `reader_${randomBytes(6).toString('hex')}`;
    await asOwner(url, (client) => client.query(`create role ${name} login password 'secret-word'`));
    onTestFinished(() => asOwner(url, async (client) => void (await client.query(`drop role ${name}`))));
    const reader = new URL(url);
    reader.username = name;
    reader.password = 'secret-word';
    expect(await fault(reader.href, 'migrate')).toBe(
      `DATABASE_URL: ${whereOf(url)} does not allow the user ${name} to create tables; grant it create on the schema`,
    );
    expect((await run({ DATABASE_URL: url.href }, 'migrate')).code).toBe(0);
    const standby = new URL(url);
    standby.searchParams.set('options', '-c default_transaction_read_only=on');
    expect(await fault(standby.href, 'serve', '--port', '0')).toBe(
      `DATABASE_URL: ${whereOf(url)} is read-only; set the address of the primary server`,
    );
  });
});

describe('a manifest of trusted documents', () => {
  test.each([
    ['is not JSON', '{', 'is not JSON'],
    [
      'has a document for another schema',
      JSON.stringify({ [sha256('{ renamedAway }')]: '{ renamedAway }' }),
      `document "${sha256('{ renamedAway }').slice(0, 40)}…": Cannot query field "renamedAway" on type "Query". (line 1, column 3)`,
    ],
  ])('that %s', async (_name, content, cause) => {
    const { env } = await databaseFor('sqlite');
    const file = join(folder(), 'persisted.json');
    writeFileSync(file, content);
    const { code, stdout, stderr } = await run({ ...env, TRUSTED_DOCUMENTS: file }, 'serve', '--port', '0');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n').filter((line) => !line.startsWith('{'))).toEqual([
      `TRUSTED_DOCUMENTS: ${file}: ${cause}`,
      '',
    ]);
  });
});

describe('an address to listen on', () => {
  test('that is in use', async () => {
    const { env } = await databaseFor('sqlite');
    const port = await listening(createServer());
    expect(await fault(env.DATABASE_URL, 'serve', '--port', `${port}`)).toBe(
      `PORT: another program is listening on port ${port} of 127.0.0.1; stop it, or set PORT (or --port) to a free port`,
    );
  });

  test.each(['192.0.2.1', 'keys.invalid', 'no address'])('that is none of this machine: %s', async (host) => {
    const { env } = await databaseFor('sqlite');
    expect(await fault(env.DATABASE_URL, 'serve', '--port', '0', '--host', host)).toBe(
      `HOST: ${host} is not an address of this machine; set HOST (or --host) to one of its addresses, to 127.0.0.1, or to 0.0.0.0 for all`,
    );
  });
});
