import { lockForServer } from '../../../db/open.ts';
import { type App, createApp } from '../../app.ts';
import { type Config, parseConfig } from '../../core/config/config.ts';
import { createLog } from '../../core/log.ts';
import type { Io } from '../io.ts';
import { explained, openMigrated } from '../open-database.ts';
import { commandLineContext } from '../with-context.ts';
import { createFirstOrganization } from './create-first-organization.ts';

/** The options of `serve`. Omitted ones come from the environment. */
export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
}

/** Serves until the process receives a signal. Rejects with ConfigError or StartError. */
export async function serve(io: Io, { port, host }: ServeOptions): Promise<void> {
  const overrides = { ...(port !== undefined && { PORT: port }), ...(host !== undefined && { HOST: host }) };
  const env = { ...io.env, ...overrides };
  const config = parseConfig(env);
  const log = createLog(config.logLevel, (line) => io.stderr.write(line));
  const end = awaitEnd();
  const named = { url: config.databaseUrl, setting: 'DATABASE_URL' };
  try {
    const unlock = await explained(named, () => lockForServer(named.url));
    try {
      const { database } = await openMigrated(named, (line) => log.info(line));
      try {
        const clientDocuments = config.trustedDocumentsOnly ? await commandDocuments() : [];
        const processCommand = { entry: process.argv[1] ?? '', env };
        const app = await createApp(config, { log, database, clientDocuments, processCommand });
        await run(app, io, config, overrides, end.requested);
      } finally {
        await database.close();
      }
    } finally {
      unlock();
    }
  } finally {
    end.ignore();
  }
}

/** Runs the app until `end`, and prints where it is. */
async function run(
  app: App,
  io: Io,
  { oidc, publicUrl }: Config,
  overrides: Readonly<Record<string, string>>,
  end: Promise<void>,
): Promise<void> {
  try {
    const { url, verifyUrl } = await app.start();
    const link = await createFirstOrganization(commandLineContext(app.services));
    if (link) io.stdout.write(`Sign in within 15 minutes: ${link.url}\n`);
    else if (!oidc) {
      // The command doesn't know the options of this one, but the link leads here.
      const settings = publicUrl === null ? settingsOf(overrides, url) : '';
      io.stdout.write(`To get a sign-in link, run ${settings}${commandLine(io)} sign-in-link\n`);
    }
    if (verifyUrl !== null) io.stdout.write(`API keys are verified at ${verifyUrl}\n`);
    io.stdout.write(`Keywright is ready at ${url}\n`);
    await end;
  } finally {
    await app.stop();
  }
}

/** The options of `serve` as settings before another command. `url`: where the server listens. */
function settingsOf({ HOST, PORT }: Readonly<Record<string, string>>, url: string): string {
  const port = PORT === '0' ? new URL(url).port : PORT;
  return `${HOST === undefined ? '' : `HOST=${HOST} `}${port === undefined ? '' : `PORT=${port} `}`;
}

/** How to run the command line: `npm start` is used in a clone, where it usually isn't installed. */
function commandLine({ env }: Io): string {
  return env.npm_lifecycle_event === 'start' ? 'npm run -s keywright --' : 'keywright';
}

/** The GraphQL documents that the commands send. */
async function commandDocuments(): Promise<string[]> {
  const documents = Object.values(await import('../generated/graphql.ts'));
  return documents.filter((document) => document instanceof String).map((document) => document.toString());
}

/** The first SIGTERM or SIGINT shuts down gracefully. A second one terminates the process. */
function awaitEnd(): { requested: Promise<void>; ignore: () => void } {
  let resolve = () => {};
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  const take = () => {
    ignore();
    resolve();
  };
  const ignore = () => {
    process.off('SIGTERM', take);
    process.off('SIGINT', take);
  };
  process.on('SIGTERM', take);
  process.on('SIGINT', take);
  return { requested, ignore };
}
