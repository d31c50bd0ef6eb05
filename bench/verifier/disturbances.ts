import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { sqliteDriverPath } from '../../db/sqlite/driver.ts';
import type { Values } from '../measurements.ts';
import { forwardAuth } from '../verification/requests.ts';
import { CONNECTIONS, HOT_KEYS } from '../verification/scenarios.ts';
import { type Bench, withServing } from './scenarios.ts';
import type { Serving } from './serving.ts';

/** Requests a second to `/verify` in the meantime: far below what it could answer. */
const RATE = 1_000;

/** How long the disturbance lasts, milliseconds. */
const DISTURBED_MS = 10_000;

/** Starts to disturb a server. Returns the function that ends it. */
type Disturb = (serving: Serving, bench: Bench) => Promise<() => Promise<void>>;

const LOCK = `
const SQLite = require(process.argv[1]);
const connection = new SQLite(process.argv[2]);
connection.exec('begin immediate');
process.send('held');
process.on('disconnect', () => process.exit(0));
`;

/** The costliest list of the largest size, of all fields that are read by scanning, as often as it is answered. */
const WORST = `query ($after: String) { apiKeys(first: 100, after: $after, filter: { search: "e" }, orderBy: { field: NAME, direction: ASC }) {
  totalCount
  nodes { id name description environment status start externalId metadata createdAt updatedAt lastUsedAt expiresAt
    role { id name permissions apiKeyCount memberCount } teams { id name } secrets { id start status uses lastUsedAt } }
  pageInfo { endCursor hasNextPage } } }`;

export const DISTURBANCES: Readonly<Record<string, Disturb>> = {
  nothing: async () => async () => {},

  /** As by an endless loop: the main process doesn't run at all. */
  'a main process that stands still': async ({ process }) => {
    process.kill('SIGSTOP');
    return async () => void process.kill('SIGCONT');
  },

  'the worst permitted query': async ({ url }, { large }) => {
    let running = true;
    let answered = 0;
    const ask = async (): Promise<void> => {
      while (running) {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${large.caller}` },
          body: JSON.stringify({ query: WORST }),
        }).catch(() => null);
        await response?.arrayBuffer();
        if (response?.ok) answered += 1;
        else await pause(50);
      }
    };
    const asking = Array.from({ length: 4 }, ask);
    return async () => {
      running = false;
      await Promise.all(asking);
      if (answered === 0) throw new Error('The worst query was never answered');
      console.log(`  The worst query was answered ${answered} times`);
    };
  },

  'a write lock held by another process': async (_serving, { large }) => {
    const child = spawn(process.execPath, ['-e', LOCK, '--', sqliteDriverPath, large.path], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    };
  },
};

/** Latency of `/verify` on VERIFY_PORT while something disturbs the server, milliseconds. Every response must be a 200. */
export function disturbed(bench: Bench, disturbance: string): Promise<Values> {
  const { large, client } = bench;
  const disturb = DISTURBANCES[disturbance];
  if (!disturb) throw new Error(`There is no disturbance ${disturbance}`);
  return withServing(large, 1, async (serving) => {
    const requests = forwardAuth(large.list, HOT_KEYS);
    const port = serving.verifyPort;
    await client.ask('drive', { port, requests, connections: CONNECTIONS, ms: 2_000 });
    const end = await disturb(serving, bench);
    const values = await client.ask<Values>('pace', { port, requests, rate: RATE, ms: DISTURBED_MS });
    await end();
    return values;
  });
}
