import type { IncomingMessage } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { SQLite } from '../../db/sqlite/driver.ts';
import { schema } from '../../schema/index.ts';
import { answerTo, cpuMs } from '../rpc.ts';
import { contextOf, startKeywright } from './keywright.ts';

// Runs in bench/peers, with the libraries installed there.

export interface PeerStart {
  readonly subject: 'mercurius' | 'mercurius, jit' | 'better-auth' | 'better-auth, secondary storage';
  /** Keywright's database, for the same schema; for better-auth, the path of its own. */
  readonly database: string;
  /** The folder of the peers' own files. */
  readonly folder: string;
}

interface Peers {
  startMercurius(
    schema: GraphQLSchema,
    context: (request: IncomingMessage) => Promise<object>,
    jit: boolean,
  ): Promise<number>;
  startBetterAuth(
    driver: typeof SQLite,
    path: string,
    secondary: boolean,
  ): Promise<{ port: number; key: string }>;
}

async function start({ subject, database, folder }: PeerStart): Promise<{ port: number; key?: string }> {
  if (subject.startsWith('better-auth')) {
    const { startBetterAuth } = (await import(`${folder}/better-auth.mjs`)) as Peers;
    return startBetterAuth(SQLite, database, subject !== 'better-auth');
  }
  const { startMercurius } = (await import(`${folder}/mercurius.mjs`)) as Peers;
  const app = await startKeywright(database);
  const port = await startMercurius(schema, (request) => contextOf(app, request), subject !== 'mercurius');
  return { port };
}

answerTo({ start, cpu: () => cpuMs() });
