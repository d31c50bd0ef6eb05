import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { makeToken } from '../cluster/nodes.ts';
import { createKeys, type Key, Owner } from '../cluster/owner.ts';
import type { Values } from '../measurements.ts';
import type { Program } from '../processes.ts';
import { type Bench, withProgram } from './scenarios.ts';
import { serve, workedMs } from './serving.ts';

/** Streams that share what they cause. */
const STREAMS = 200;

/** Keys in each report and look-up, and changes. */
const KEYS = 25;
const CHANGES = 40;

const UPDATE = `mutation ($id: ID!, $enabled: Boolean!) {
  updateApiKey(input: { id: $id, enabled: $enabled }) { ... on UpdateApiKeyPayload { propagation { milliseconds } } }
}`;

/**
 * What verifiers cost a server on PostgreSQL, microseconds of its CPU time: a renewal of a lease, a change that is sent and
 * acknowledged, a report of 25 used keys, and a key that is looked up; the same for a report in PostgreSQL; and how many
 * reports are recorded per second.
 */
export async function streamCosts(bench: Bench, url: string, postgresPid: number): Promise<Values> {
  const token = makeToken(url);
  const server = await serve(url, 0, {
    VERIFIERS_PER_ORGANIZATION: '100000',
    CONNECTIONS_PER_ADDRESS: '100000',
  });
  const { pid } = server.process;
  const founder = new Owner(server.url, token, '');
  const organizationId = await founder.found();
  founder.close();
  const owner = new Owner(server.url, token, organizationId);
  try {
    const keys = await createKeys([owner], KEYS);
    const hashes = keys.map(({ secret }) => createHash('sha256').update(secret).digest('hex'));
    return await withProgram(bench.programs, 'streams', async (streams) => {
      await pause(2_000);
      const alone = await costOf(pid, () => pause(2 * bench.ms));
      await streams.ask('open', { url: server.url, token, count: STREAMS });
      await pause(2_000);
      const idle = await costOf(pid, () => pause(3 * bench.ms));
      const idlePerMs = idle.worked / idle.ms;
      const renewals = (idlePerMs - alone.worked / alone.ms) * 1_000;
      const net = ({ worked, ms }: Cost): number => Math.max(0, worked - idlePerMs * ms) * 1_000;
      const lookUps = await costOf(pid, () => streams.ask('lookUp', { hashes }));
      const changes = await costOf(pid, () => change(server.url, token, keys, streams));
      const before = treeWorkedMs(postgresPid);
      let recorded = { reports: 0, ms: 0 };
      const reports = await costOf(pid, async () => {
        recorded = await streams.ask('report', { hashes, perSecond: 200, ms: 2 * bench.ms });
      });
      const inDatabase = (treeWorkedMs(postgresPid) - before) * 1_000;
      const most = await streams.ask<{ reports: number; ms: number }>('reportAtOnce', {
        ...{ hashes, ms: bench.ms },
      });
      await streams.ask('close');
      return {
        // One a second, with the default lease.
        renewal: (renewals * 1_000) / STREAMS,
        lookUp: net(lookUps) / (STREAMS * KEYS),
        change: net(changes) / (STREAMS * CHANGES),
        report: net(reports) / recorded.reports,
        'report in PostgreSQL': inDatabase / recorded.reports,
        'reports per second': (most.reports * 1_000) / most.ms,
      };
    });
  } finally {
    owner.close();
    await server.stop();
  }
}

interface Cost {
  readonly worked: number;
  readonly ms: number;
}

async function costOf(pid: number | undefined, run: () => Promise<unknown>): Promise<Cost> {
  const [worked, start] = [workedMs(pid), performance.now()];
  await run();
  return { worked: workedMs(pid) - worked, ms: performance.now() - start };
}

/** Disables and enables keys that every stream has looked up. */
async function change(url: string, token: string, keys: readonly Key[], streams: Program): Promise<void> {
  const { changes: before } = await streams.ask<{ changes: number }>('counts');
  for (let index = 0; index < CHANGES; index += 1) {
    const { id } = keys[index % keys.length] as Key;
    const enabled = Math.floor(index / keys.length) % 2 === 1;
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: UPDATE, variables: { id, enabled } }),
    });
  }
  const { changes } = await streams.ask<{ changes: number }>('counts');
  if (changes - before < CHANGES * STREAMS) throw new Error(`Only ${changes - before} changes were received`);
}

/** CPU time of a process and its children, milliseconds. */
function treeWorkedMs(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const ids = children === '' ? [] : children.split(' ').map(Number);
  return ids.reduce((sum, child) => sum + treeWorkedMs(child), workedMs(pid));
}
