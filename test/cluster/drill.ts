import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../db/open.ts';
import type { Propagation } from '../../src/cluster/bus.ts';
import { randomOfTest } from '../support/properties.ts';
import { eventually } from '../support/wait.ts';
import { Checker, type Logged } from './checker.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import { countedUses } from './counted-uses.ts';
import { Follower } from './follower.ts';
import { Requests } from './requests.ts';

/** A key that the drill made. */
export interface DrillKey {
  readonly id: string;
  readonly secret: string;
}

const FOUND = `mutation {
  createOrganization(input: { name: "Drill" }) { __typename ... on CreateOrganizationPayload { organization { id } } }
}`;
const CREATE = `mutation ($organizationId: ID!, $rateLimit: RateLimitInput) {
  createApiKey(input: { name: "Drill", organizationId: $organizationId, rateLimit: $rateLimit }) { __typename ... on CreateApiKeyPayload { secret apiKey { id } } }
}`;
const REVOKE = `mutation ($id: ID!) {
  revokeApiKey(input: { id: $id }) {
    __typename
    ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes milliseconds } }
  }
}`;
const RENAME = `mutation ($id: ID!, $name: String!) {
  updateApiKey(input: { id: $id, name: $name }) { __typename }
}`;

/** How long anything may take to come right: on a machine with much else to do, everything takes longer. */
const DEADLINE_MS = 60_000;

/** Waits until nothing is wrong any more; then throws what still is. */
export async function holds(check: () => unknown): Promise<void> {
  try {
    await eventually(
      async () => {
        await check();
        return true;
      },
      { timeoutMs: DEADLINE_MS },
    );
  } catch (error) {
    throw error instanceof Error && error.cause ? error.cause : error;
  }
}

/** Uses a cluster, keeps every answer, and says in the end what was wrong. */
export class Drill {
  readonly checker = new Checker();
  readonly cluster: Cluster;
  /** An organization that nobody else uses. */
  readonly organizationId: string;
  readonly followers: Follower[] = [];
  readonly #requests = new Requests();
  readonly #under: Promise<void>[] = [];
  readonly #random: () => number;
  #live: DrillKey[] = [];
  #loading = false;

  /** Opens one at a cluster all of whose nodes run. */
  static async open(cluster: Cluster): Promise<Drill> {
    const [node] = cluster.nodes;
    const random = randomOfTest();
    const data = node && (await new Drill(cluster, '', random).ask(node, FOUND, {}));
    return new Drill(cluster, data.createOrganization.organization.id, random);
  }

  private constructor(cluster: Cluster, organizationId: string, random: () => number) {
    this.cluster = cluster;
    this.#random = random;
    this.organizationId = organizationId;
    onTestFinished(async ({ task }) => {
      this.#loading = false;
      const said = task.result?.state === 'fail' ? cluster.nodes.map((node) => node.warnings()) : [];
      for (const text of said) process.stderr.write(`${text.slice(-4_000)}\n`);
      await Promise.all(this.followers.map((one) => one.stop()));
      this.#requests.close();
    });
  }

  /** A node by its place. */
  node(index: number): ClusterNode {
    const node = this.cluster.nodes[index];
    if (!node) throw new Error(`There is no node ${index}`);
    return node;
  }

  /** A GraphQL operation by the owner; null where no answer came. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape.
  async ask(node: ClusterNode, query: string, variables: object): Promise<any> {
    const { status, body } = await this.#requests.send(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.cluster.token}` },
      body: JSON.stringify({ query, variables }),
    });
    return status === 200 ? (JSON.parse(body).data ?? null) : null;
  }

  async createKey(
    node = this.node(0),
    rateLimit: { limit: number; windowSeconds: number } | null = null,
  ): Promise<DrillKey> {
    const data = await this.ask(node, CREATE, { organizationId: this.organizationId, rateLimit });
    if (!data?.createApiKey.secret) throw new Error('The key could not be made');
    return { id: data.createApiKey.apiKey.id, secret: data.createApiKey.secret };
  }

  async createKeys(count: number, node = this.node(0)): Promise<DrillKey[]> {
    const keys: DrillKey[] = [];
    while (keys.length < count) {
      const some = Math.min(10, count - keys.length);
      keys.push(...(await Promise.all(Array.from({ length: some }, () => this.createKey(node)))));
    }
    return keys;
  }

  /** Presents a key at a node; gives the answer's status. */
  async verify(node: ClusterNode, { id: keyId, secret }: DrillKey): Promise<number> {
    const sentAt = performance.now();
    const headers = { Authorization: `Bearer ${secret}` };
    const { status } = await this.#requests.send(`${node.url}/verify`, { headers });
    this.checker.verified.push({ node: node.name, keyId, sentAt, answeredAt: performance.now(), status });
    return status;
  }

  /** Presents a key at all nodes at once. */
  everywhere(key: DrillKey): Promise<number[]> {
    return Promise.all(this.cluster.nodes.map((node) => this.verify(node, key)));
  }

  /** Revokes a key; what the answer says of other nodes, or null where none came. */
  async revoke(node: ClusterNode, { id: keyId }: DrillKey): Promise<Propagation | null> {
    this.#live = this.#live.filter((key) => key.id !== keyId);
    const sentAt = performance.now();
    const data = await this.ask(node, REVOKE, { id: keyId });
    const propagation: Propagation | undefined = data?.revokeApiKey?.propagation;
    const answeredAt = propagation ? performance.now() : null;
    const known = propagation ?? { confirmedNodes: 0, totalNodes: 0, milliseconds: 0 };
    this.checker.revoked.push({ node: node.name, keyId, sentAt, answeredAt, ...known });
    return propagation ?? null;
  }

  /** A figure of `/metrics`, of all nodes together. */
  async sumOf(name: string): Promise<number> {
    const texts = await Promise.all(
      this.cluster.nodes.map(({ url }) => this.#requests.send(`${url}/metrics`, {})),
    );
    const values = texts.map(({ body }) => new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    return values.reduce((sum, value) => sum + Number(value), 0);
  }

  rename(node: ClusterNode, { id }: DrillKey, name: string) {
    return this.ask(node, RENAME, { id, name });
  }

  /** From now on, follows all changes at each node. */
  followEverywhere(): void {
    for (const node of this.cluster.nodes)
      this.followers.push(new Follower(`the follower at ${node.name}`, this, () => node));
  }

  /** From now on, presents keys at all nodes without a pause, `atOnce` at each. */
  load(keys: readonly DrillKey[], atOnce = 2): void {
    this.#live = [...keys];
    this.#loading = true;
    for (const node of this.cluster.nodes)
      for (let each = 0; each < atOnce; each += 1) this.#under.push(this.#present(node));
  }

  /** Revokes keys one after the other at random nodes of those given, and presents each everywhere right after. */
  async revokeInTurn(keys: readonly DrillKey[], at: () => readonly ClusterNode[]): Promise<void> {
    for (const key of keys) {
      const nodes = at();
      const node = nodes[Math.floor(this.#random() * nodes.length)];
      if (!node) throw new Error('There is no node to revoke at');
      await this.revoke(node, key);
      this.#under.push(this.#presentRevoked(key));
    }
  }

  /** Ends the load and waits for every answer. */
  async rest(): Promise<void> {
    this.#loading = false;
    while (this.#under.length > 0) await this.#under.pop();
  }

  /** What has to be true after every drill, once followers had the time to get everything. */
  async judge(): Promise<void> {
    await this.rest();
    expect(this.checker.lateAcceptances()).toEqual([]);
    expect(this.checker.unasked()).toEqual([]);
    const { kysely } = await this.openDatabase();
    const log: Logged[] = await kysely
      .selectFrom('audit_log')
      .select(['sequence', 'action', 'target_id as targetId'])
      .where('organization_id', '=', this.organizationId)
      .orderBy('sequence')
      .execute();
    expect(this.checker.logFaults(log)).toEqual([]);
    await holds(() => {
      for (const { name, sequences } of this.followers)
        expect(this.checker.eventFaults(name, log, sequences)).toEqual([]);
    });
  }

  /** What has to be true of counters once all usage is written; of uses, `atRisk` may be lost. */
  async judgeUsage(atRisk = 0): Promise<void> {
    const { kysely } = await this.openDatabase();
    await holds(async () => {
      const counted = await countedUses(kysely, this.organizationId);
      expect(this.checker.usageFaults(counted, atRisk)).toEqual([]);
    });
  }

  async openDatabase(): Promise<Database> {
    const database = await openDatabase(this.cluster.databaseUrl);
    onTestFinished(() => database.close());
    return database;
  }

  async #present(node: ClusterNode): Promise<void> {
    while (this.#loading) {
      const key = this.#live[Math.floor(this.#random() * this.#live.length)];
      const status = key ? await this.verify(node, key) : 0;
      // A node that is gone answers at once; and the machine has other things to do.
      await pause(status === 0 ? 20 : 4);
    }
  }

  async #presentRevoked(key: DrillKey): Promise<void> {
    for (const wait of [0, 5, 50, 500]) {
      await pause(wait);
      await this.everywhere(key);
    }
  }
}
