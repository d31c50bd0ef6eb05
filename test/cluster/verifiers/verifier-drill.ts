import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { buildPrograms, type Programs } from '../../../bench/processes.ts';
import { now } from '../../../bench/rpc.ts';
import type { Propagation } from '../../../src/cluster/bus.ts';
import { randomOfTest } from '../../support/properties.ts';
import { openProxy } from '../../support/tcp-proxy.ts';
import type { Cluster, ClusterNode } from '../cluster.ts';
import { countedUses } from '../counted-uses.ts';
import { Drill, type DrillKey, holds } from '../drill.ts';
import { Requests } from '../requests.ts';
import { VerifierChecker } from './checker.ts';
import { Embedding, type Presenting } from './embedding.ts';
import { type Changed, History } from './history.ts';

/** Usage that a process has not reported: its interval, and what is under way. Milliseconds, on a busy machine. */
const BATCH_MS = 2_000;

const SETTLING_MS = 60_000;

const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { __typename ... on CreateApiKeyPayload { secret apiKey { id } } }
}`;
const UPDATE = `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { __typename } }`;

let built: Programs | undefined;

/** Builds the program that embeds a verifier, once a run. */
async function program(): Promise<string> {
  if (!built) {
    built = await buildPrograms({ files: { embedding: 'test/cluster/verifiers/embedding-program.ts' } });
    process.once('exit', built.remove);
  }
  return join(built.folder, 'embedding.mjs');
}

/** Uses servers and processes that embed verifiers, keeps every verdict, and says in the end what was wrong. */
export class VerifierDrill {
  readonly history = new History();
  readonly checker = new VerifierChecker(this.history);
  readonly drill: Drill;
  readonly embeddings: readonly Embedding[];
  readonly random: () => number;
  readonly #secrets = new Map<string, string>();
  readonly #requests = new Requests();
  readonly #under: Promise<unknown>[] = [];

  /** Starts processes, of which each has a key of its own to verify with. They take turns among the servers. */
  static async open(
    cluster: Cluster,
    count: number,
    presenting: Presenting = { everyMs: 4, atOnce: 2 },
  ): Promise<VerifierDrill> {
    const drill = await Drill.open(cluster);
    const history = new History();
    const folder = mkdtempSync(join(tmpdir(), 'keywright-verifiers-'));
    const made: Embedding[] = [];
    onTestFinished(async () => {
      for (const one of made) {
        one.signal('SIGCONT');
        await one.kill();
      }
      rmSync(folder, { recursive: true, force: true });
    });
    for (let index = 0; index < count; index += 1) {
      const node = drill.node(index % cluster.nodes.length);
      const way = await openProxy(Number(new URL(node.url).port));
      const settings = {
        ...{ program: await program(), folder, url: way.through(node.url), history, ...presenting },
        token: await tokenOf(drill, node),
      };
      made.push(new Embedding(`verifier ${index + 1}`, way, settings));
    }
    await Promise.all(made.map((one) => one.start()));
    const opened = new VerifierDrill(drill, made, history);
    await opened.connected();
    return opened;
  }

  private constructor(drill: Drill, embeddings: readonly Embedding[], history: History) {
    this.drill = drill;
    this.embeddings = embeddings;
    this.history = history;
    this.checker = new VerifierChecker(history);
    this.random = randomOfTest();
  }

  get nodes(): readonly ClusterNode[] {
    return this.drill.cluster.nodes;
  }

  embedding(index: number): Embedding {
    const embedding = this.embeddings[index];
    if (!embedding) throw new Error(`There is no verifier ${index}`);
    return embedding;
  }

  /** Waits until these hold a lease. */
  async connected(embeddings = this.embeddings): Promise<void> {
    await holds(async () => {
      for (const one of embeddings) expect(await one.status()).toMatchObject({ connected: true });
    });
  }

  /** Creates keys, with a rate limit or without. */
  async createKeys(
    count: number,
    rateLimit: { limit: number; windowSeconds: number } | null = null,
  ): Promise<DrillKey[]> {
    const keys = rateLimit
      ? await Promise.all(
          Array.from({ length: count }, () => this.drill.createKey(this.drill.node(0), rateLimit)),
        )
      : await this.drill.createKeys(count);
    for (const { id, secret } of keys) this.#secrets.set(id, secret);
    return keys;
  }

  /** Presents these keys in every process from now on. */
  async load(keys: readonly DrillKey[]): Promise<void> {
    await Promise.all(this.embeddings.map((one) => one.live(keys)));
  }

  /** The same, without waiting for those that are stopped. */
  loadRunning(keys: readonly DrillKey[]): void {
    for (const one of this.embeddings) this.#under.push(one.live(keys));
  }

  /** Registers a callback for each of these keys in every process, without waiting for those that are stopped. */
  watchRunning(keys: readonly DrillKey[]): void {
    for (const one of this.embeddings) this.#under.push(one.watch(keys));
  }

  /** Presents a key to `/verify` of a server, and of its verification processes, and gives the last code. */
  async present({ name, url, verifyUrl }: ClusterNode, { id: keyId, secret }: DrillKey): Promise<string> {
    let code = '';
    for (const [door, base] of Object.entries({ [name]: url, [`processes of ${name}`]: verifyUrl })) {
      if (base === '') continue;
      const startedAt = now();
      const { status, body } = await this.#requests.send(`${base}/verify`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
      code =
        status === 200 ? 'VALID' : status === 0 || status === 503 ? 'UNAVAILABLE' : JSON.parse(body).code;
      this.history.verified.push({ process: door, keyId, startedAt, endedAt: now(), code, source: 'server' });
    }
    return code;
  }

  /** Presents a key in all these processes at once. */
  everywhere(key: DrillKey, embeddings = this.embeddings): Promise<(string | undefined)[]> {
    return Promise.all(embeddings.map(async (one) => (await one.verify([key]))?.[0]));
  }

  /** Revokes a key at a node. Null: no answer came. */
  async revoke(node: ClusterNode, key: DrillKey): Promise<Propagation | null> {
    const sentAt = now();
    const propagation = await this.drill.revoke(node, key);
    this.#changed({ keyIds: [key.id], effect: 'rejected', sentAt }, propagation !== null);
    return propagation;
  }

  /** Disables a key, or enables it again. */
  async setEnabled(node: ClusterNode, key: DrillKey, enabled: boolean): Promise<void> {
    const sentAt = now();
    const data = await this.drill.ask(node, UPDATE, { input: { id: key.id, enabled } });
    const isAnswered = data?.updateApiKey.__typename === 'UpdateApiKeyPayload';
    this.#changed({ keyIds: [key.id], effect: enabled ? 'accepted' : 'rejected', sentAt }, isAnswered);
  }

  /** Revokes keys one after the other at random nodes of those given, and presents each everywhere right after. */
  async revokeInTurn(keys: readonly DrillKey[], at: () => readonly ClusterNode[]): Promise<void> {
    for (const key of keys) {
      const nodes = at();
      const node = nodes[Math.floor(this.random() * nodes.length)];
      if (node) await this.revoke(node, key);
      this.#under.push(this.everywhere(key));
    }
  }

  /** What has to be true after every drill: nothing was accepted late, and every callback was called once. */
  async judge({ limits = new Map() }: { limits?: ReadonlyMap<string, number> } = {}): Promise<void> {
    await this.load([]);
    await Promise.all(this.#under.splice(0));
    await this.connected();
    const rejected = this.history.changed.filter(
      ({ effect, answeredAt }) => effect === 'rejected' && answeredAt !== null,
    );
    for (const { keyIds } of rejected)
      for (const id of keyIds) {
        const secret = this.#secrets.get(id);
        if (secret) await this.everywhere({ id, secret });
      }
    await Promise.all(this.embeddings.map((one) => one.stop()));
    this.#requests.close();
    for (const one of this.embeddings) one.collect();
    expect(this.checker.lateAcceptances()).toEqual([]);
    expect(this.checker.unasked(this.embeddings.map((one) => one.process))).toEqual([]);
    expect(this.checker.wrongRejections()).toEqual([]);
    expect(this.checker.limitFaults(limits)).toEqual([]);
    expect(this.checker.watchFaults()).toEqual([]);
    expect(this.history.verified.length).toBeGreaterThan(0);
  }

  /**
   * What has to be true of counters, once all usage is written. A process that is killed loses what it hasn't reported:
   * `batchMs` is how long it may have been cut off.
   */
  async judgeUsage(batchMs = BATCH_MS): Promise<void> {
    const end = performance.now() + SETTLING_MS;
    const { organizationId } = this.drill;
    const { kysely } = await this.drill.openDatabase();
    for (;;) {
      const all = await countedUses(kysely, organizationId);
      // Without the keys by which the verifiers themselves are authenticated.
      const counted = new Map([...all].filter(([id]) => this.#secrets.has(id)));
      const faults = this.checker.usageFaults(counted, batchMs);
      if (faults.length === 0) return;
      if (performance.now() > end) expect(faults).toEqual([]);
      await pause(200);
    }
  }

  #changed(change: Omit<Changed, 'answeredAt'>, isAnswered: boolean): void {
    this.history.changed.push({ ...change, answeredAt: isAnswered ? now() : null });
  }
}

/** A key that verifies those of the organization. */
async function tokenOf(drill: Drill, node: ClusterNode): Promise<string> {
  const input = { organizationId: drill.organizationId, name: 'Verifier', grants: ['api.key.verify'] };
  const data = await drill.ask(node, CREATE, { input });
  return data.createApiKey.secret;
}
