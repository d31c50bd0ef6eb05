import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import packages from '../package.json' with { type: 'json' };
import { openPostgresServer } from '../test/support/postgres-server.ts';
import { eventually } from '../test/support/wait.ts';
import { makeToken, type Node, startNode } from './cluster/nodes.ts';
import { createKeys, type Key, Owner } from './cluster/owner.ts';
import { type Rate, report } from './cluster/report.ts';
import { revokeAll } from './cluster/revocations.ts';
import { present } from './cluster/verifications.ts';
import { writeSection } from './figures.ts';
import { machine } from './machine.ts';

// Three servers on one PostgreSQL database: how soon a revoked key is denied everywhere, what waiting for that costs,
// and the rate of verifications. PostgreSQL writes every commit to disk.

const { values: options } = parseArgs({
  options: {
    /** Under load. 10,000 take about five minutes. */
    revocations: { type: 'string', default: '2000' },
    /** Length of each measurement of throughput, seconds. */
    seconds: { type: 'string', default: '5' },
    /** Verifications per second on each server while keys are revoked. */
    load: { type: 'string', default: '300' },
    /** Writes the results to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

const SERVERS = 3;
/** Warm-up before the counted measurements. */
const WARM_UP = 50;
const KEPT = 20;

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', autovacuum: 'on' };

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version ?? '';
}

async function rateOf(nodes: readonly Node[], keys: readonly Key[], seconds: number): Promise<Rate> {
  const worked = (): number => nodes.reduce((sum, node) => sum + node.workedMs(), 0);
  await present(nodes, keys, { seconds: 1 }).done;
  const before = worked();
  const { answered, refused } = await present(nodes, keys, { seconds }).done;
  if (refused > 0) throw new Error(`${refused} verifications were refused`);
  return { perSecond: answered / seconds, cost: (1_000 * (worked() - before)) / answered };
}

async function measure(url: string, nodes: Node[]): Promise<string> {
  const [count, seconds, load] = [options.revocations, options.seconds, options.load].map(Number) as [
    number,
    number,
    number,
  ];
  const few = Math.min(count, 1_000);
  const token = makeToken(url);
  const first = await startNode(url);
  nodes.push(first);
  const founder = new Owner(first.url, token, '');
  const organizationId = await founder.found();
  const owner = new Owner(first.url, token, organizationId);
  const kept = await createKeys([owner], KEPT);
  await revokeAll(nodes, [owner], await createKeys([owner], WARM_UP));

  console.log('One server');
  const creations: number[] = [];
  const ofOne = [];
  while (ofOne.length < few) {
    const start = performance.now();
    ofOne.push(await owner.create());
    creations.push(performance.now() - start);
  }
  const alone = await revokeAll(nodes, [owner], ofOne);

  console.log('Three servers');
  while (nodes.length < SERVERS) nodes.push(await startNode(url));
  const owners = nodes.map((node) => new Owner(node.url, token, organizationId));
  // Until each server has seen the beats of the others.
  await eventually(
    async () => {
      const seen = [];
      for (const one of owners) seen.push(await one.revoke((await one.create()).id));
      return seen.every(({ confirmedNodes }) => confirmedNodes === SERVERS);
    },
    { timeoutMs: 30_000 },
  );
  await revokeAll(nodes, owners, await createKeys(owners, WARM_UP));
  const atRest = await revokeAll(nodes, owners, await createKeys(owners, few));

  console.log(`${load} verifications a second at each besides`);
  const keys = await createKeys(owners, count);
  const besides = present(nodes, kept, { seconds: 3_600, atOnce: 4, rate: load });
  await revokeAll(nodes, owners, await createKeys(owners, WARM_UP));
  const underLoad = await revokeAll(nodes, owners, keys);
  besides.end();
  await besides.done;

  console.log('Verifications as fast as they are answered');
  const rates: Rate[] = [];
  for (let size = 1; size <= nodes.length; size += 1)
    rates.push(await rateOf(nodes.slice(0, size), kept, seconds));
  for (const one of [founder, owner, ...owners]) one.close();
  return report({ creations, alone, atRest, underLoad, load, rates });
}

const directory = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [build, '--server'], { stdio: 'inherit' });
if (status !== 0) throw new Error('The program could not be built');
const postgres = await openPostgresServer(directory, DURABLE);
const nodes: Node[] = [];
let ending: Promise<void> | undefined;
function end(): Promise<void> {
  ending ??= Promise.all(nodes.map((node) => node.stop()))
    .then(() => postgres.stop())
    .finally(() => rmSync(directory, { recursive: true, force: true }));
  return ending;
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end().finally(() => process.exit(1)));
try {
  const versions = { PostgreSQL: await versionOf(postgres.url), pg: packages.dependencies.pg };
  const text = [
    `\`npm run bench:cluster -- --revocations ${options.revocations}\` on ${machine(versions)}.`,
    'Three servers, PostgreSQL (every commit is on disk) and the clients share these cores. Keys are revoked one after the',
    'other, on each server in turn, while each key is continuously presented to all servers. The time of the commit is that',
    'of the response, minus its `propagation.milliseconds`.',
    '',
    await measure(postgres.url, nodes),
  ].join('\n');
  console.log(`\n${text}`);
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  if (options.write) writeSection(results, 'Several servers', text);
} finally {
  await end();
}
