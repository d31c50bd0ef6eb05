import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPostgresServer } from '../test/support/postgres-server.ts';
import { makeToken, type Node, startNode } from './cluster/nodes.ts';
import { Requester } from './cluster/requester.ts';

// Three servers on one PostgreSQL: how soon a revoked key is refused everywhere, what waiting for that costs, and how
// many verifications a second there are. PostgreSQL writes every commit to the disk, as it should.

const { values: options } = parseArgs({
  options: {
    revocations: { type: 'string', default: '1000' },
    /** Length of each measurement of throughput, seconds. */
    seconds: { type: 'string', default: '5' },
    /** Verifications a second at each node while keys are revoked. */
    load: { type: 'string', default: '300' },
  },
});

interface Key {
  readonly id: string;
  readonly secret: string;
}

const PRESENTER = fileURLToPath(new URL('cluster/presenter.ts', import.meta.url));

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function line(name: string, values: readonly number[]): void {
  const [p50, p99, most] = [quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)];
  console.log(`${name.padEnd(62)} ${[p50, p99, most].map((one) => one.toFixed(1).padStart(9)).join('')}`);
}

class Owner {
  readonly #token: string;
  readonly #requester: Requester;
  #organizationId = '';

  constructor(url: string, token: string) {
    this.#token = token;
    this.#requester = new Requester(url);
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape.
  async ask(query: string, variables: object): Promise<any> {
    const headers = `Authorization: Bearer ${this.#token}\r\nContent-Type: application/json\r\n`;
    const { body } = await this.#requester.send(
      'POST',
      '/graphql',
      headers,
      JSON.stringify({ query, variables }),
    );
    const { data, errors } = JSON.parse(body);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async found(): Promise<string> {
    const data = await this.ask(
      'mutation { createOrganization(input: { name: "Bench" }) { ... on CreateOrganizationPayload { organization { id } } } }',
      {},
    );
    this.#organizationId = data.createOrganization.organization.id;
    return this.#organizationId;
  }

  in(organizationId: string): this {
    this.#organizationId = organizationId;
    return this;
  }

  async create(): Promise<Key> {
    const data = await this.ask(
      `mutation ($organizationId: ID!) { createApiKey(input: { name: "Bench", organizationId: $organizationId }) {
        ... on CreateApiKeyPayload { secret apiKey { id } } } }`,
      { organizationId: this.#organizationId },
    );
    return { id: data.createApiKey.apiKey.id, secret: data.createApiKey.secret };
  }

  async revoke(id: string): Promise<{ confirmedNodes: number; totalNodes: number; milliseconds: number }> {
    const data = await this.ask(
      `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) {
        ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes milliseconds } } } }`,
      { id },
    );
    return data.revokeApiKey.propagation;
  }

  close(): void {
    this.#requester.close();
  }
}

/** Presents a key at a node until it is refused; gives when that was, and acceptances asked for after `answeredAt()`. */
async function untilRefused(requester: Requester, secret: string, answeredAt: () => number) {
  let late = 0;
  for (;;) {
    const sentAt = performance.now();
    const status = await requester.verify(secret);
    if (status === 401) return { refusedAt: performance.now(), late };
    if (status === 200 && sentAt >= answeredAt()) late += 1;
  }
}

async function revocations(
  nodes: readonly Node[],
  owners: readonly Owner[],
  keys: readonly Key[],
): Promise<void> {
  const requesters = nodes.map(({ url }) => new Requester(url));
  const answers: number[] = [];
  const acknowledged: number[] = [];
  const fromCommit: number[] = [];
  const fromAnswer: number[] = [];
  let late = 0;
  let unconfirmed = 0;
  for (const [number, { id, secret }] of keys.entries()) {
    await Promise.all(requesters.map((requester) => requester.verify(secret)));
    const owner = owners[number % owners.length];
    if (!owner) throw new Error('Nobody revokes');
    let answeredAt = Number.POSITIVE_INFINITY;
    const sentAt = performance.now();
    const refusals = requesters.map((requester) => untilRefused(requester, secret, () => answeredAt));
    const { milliseconds, confirmedNodes, totalNodes } = await owner.revoke(id);
    answeredAt = performance.now();
    if (confirmedNodes < totalNodes || totalNodes !== nodes.length) unconfirmed += 1;
    answers.push(answeredAt - sentAt);
    acknowledged.push(milliseconds);
    const done = await Promise.all(refusals);
    const refusedAt = Math.max(...done.map((one) => one.refusedAt));
    fromCommit.push(refusedAt - (answeredAt - milliseconds));
    fromAnswer.push(Math.max(0, refusedAt - answeredAt));
    late += done.reduce((sum, one) => sum + one.late, 0);
  }
  line('revocation, from its request to its answer', answers);
  line('from the commit to the confirmation of all nodes', acknowledged);
  line('from the commit to the refusal seen by clients of all nodes', fromCommit);
  line('from the answer to the refusal seen by clients of all nodes', fromAnswer);
  console.log(
    `${keys.length} revocations: ${late} late acceptances, ${unconfirmed} not confirmed by all nodes`,
  );
  for (const requester of requesters) requester.close();
}

function present(
  nodes: readonly Node[],
  keys: readonly Key[],
  { seconds, atOnce = 16, rate = 0 }: { seconds: number; atOnce?: number; rate?: number },
): { done: Promise<{ answered: number; refused: number }>; end: () => void } {
  const given = [
    nodes.map(({ url }) => url).join(),
    keys.map(({ secret }) => secret).join(),
    String(seconds * 1_000),
    String(atOnce),
    String(rate),
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', PRESENTER, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const done = new Promise<{ answered: number; refused: number }>((resolve) => {
    child.on('close', () => resolve(out ? JSON.parse(out) : { answered: 0, refused: 0 }));
  });
  return { done, end: () => child.kill() };
}

async function createKeys(owner: Owner, count: number): Promise<Key[]> {
  const keys: Key[] = [];
  while (keys.length < count) keys.push(await owner.create());
  return keys;
}

const seconds = Number(options.seconds);
const count = Number(options.revocations);
const directory = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
spawnSync(process.execPath, [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))], {
  stdio: 'inherit',
});
const postgres = await openPostgresServer(directory, {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  autovacuum: 'on',
});
const nodes: Node[] = [];
try {
  const token = makeToken(postgres.url);
  nodes.push(await startNode(postgres.url));
  const [first] = nodes as [Node];
  const owner = new Owner(first.url, token);
  const organizationId = await owner.found();
  console.log(
    `${''.padEnd(62)} ${['p50', 'p99', 'most'].map((one) => one.padStart(9)).join('')}  milliseconds`,
  );

  console.log('\nOne node');
  const created: number[] = [];
  const alone = await createKeys(owner, 20);
  for (let number = 0; number < Math.min(count, 500); number += 1) {
    const start = performance.now();
    alone.push(await owner.create());
    created.push(performance.now() - start);
  }
  line('creation (nothing to confirm), from its request to its answer', created);
  const kept = alone.splice(0, 20);
  await revocations(nodes, [owner], alone);

  nodes.push(await startNode(postgres.url), await startNode(postgres.url));
  const owners = nodes.map(({ url }) => new Owner(url, token).in(organizationId));
  // Until all have seen each other beat.
  await pause(2_000);
  console.log('\nThree nodes, nothing else to do');
  await revocations(nodes, owners, await createKeys(owner, Math.min(count, 1_000)));

  console.log(`\nThree nodes, ${options.load} verifications a second at each besides`);
  const keys = await createKeys(owner, count);
  const load = present(nodes, kept, { seconds: 3_600, atOnce: 4, rate: Number(options.load) });
  await pause(1_000);
  await revocations(nodes, owners, keys);
  load.end();
  await load.done;

  console.log('\nVerifications a second of remembered keys, as fast as they are answered');
  for (let size = 1; size <= nodes.length; size += 1) {
    const { answered, refused } = await present(nodes.slice(0, size), kept, { seconds }).done;
    const rate = Math.round(answered / seconds).toLocaleString('en');
    console.log(`${size} of ${nodes.length} nodes: ${rate} a second${refused ? `, ${refused} refused` : ''}`);
  }
  for (const one of [owner, ...owners]) one.close();
} finally {
  for (const node of nodes) await node.stop();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
