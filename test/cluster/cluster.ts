import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { eventually } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
/** How long a node may take to end on a machine with much else to do, and to start, milliseconds. */
const END_MAX_MS = 60_000;
const START_MAX_MS = 60_000;

const PROGRAM = join(ROOT, 'dist/keywright.js');

/** How a cluster is to be. */
export interface ClusterOptions {
  readonly nodes?: number;
  readonly leaseMs?: number;
  readonly usageFlushMs?: number;
  /** How far each node's clock is off, milliseconds; left out: not at all. */
  readonly skewMs?: readonly number[];
  /** Settings of all nodes. */
  readonly env?: Readonly<Record<string, string>>;
  /** A database of the test's own, for one node on SQLite too; left out: one on the server that all tests share. */
  readonly databaseUrl?: string;
}

/** One server in a process of its own, with a way of its own to the database, and one to listen by. */
export interface ClusterNode {
  readonly name: string;
  /** The address; the same when it is started again. */
  readonly url: string;
  /** The address of its verification processes. Empty: it has none. */
  readonly verifyUrl: string;
  readonly toDatabase: TcpProxy;
  readonly toListen: TcpProxy;
  readonly process: ChildProcess;
  /** What it has written to its log, without what was merely done. */
  warnings(): string;
  running(): boolean;
  /** SIGUSR2 lets its clock jump by CLOCK_JUMP_MS. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void;
  /** Ends it as an operator does; resolves with its exit code. */
  stop(): Promise<number | null>;
  start(): Promise<void>;
}

/** Several servers on one database. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  /** Straight to the database. */
  readonly databaseUrl: string;
  /** An operator's. */
  readonly token: string;
}

type AtEnd = (close: () => Promise<void>) => void;

/** One cluster of `dist/keywright.js` for all tests of a `describe`. */
export function clusterFor(options: ClusterOptions): () => Cluster {
  let cluster: Cluster | undefined;
  const endings: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    cluster = await startCluster(options, (close) => void endings.push(close));
  });
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
  });
  return () => {
    if (!cluster) throw new Error('The cluster runs only while tests run');
    return cluster;
  };
}

/** Starts a cluster; it ends with the test at the latest, or when `atEnd` says. */
export async function startCluster(
  options: ClusterOptions = {},
  atEnd: AtEnd = onTestFinished,
): Promise<Cluster> {
  build();
  const databaseUrl = options.databaseUrl ?? (await ownDatabase(atEnd));
  const made = spawnSync(process.execPath, [PROGRAM, 'operator-tokens', 'create', 'drill'], {
    env: { ...basic(), DATABASE_URL: databaseUrl },
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`The token could not be made: ${made.stderr}`);
  const names = Array.from({ length: options.nodes ?? 3 }, (_, index) => index);
  const nodes = await Promise.all(names.map((index) => openNode(index, databaseUrl, options, atEnd)));
  await Promise.all(nodes.map((node) => node.start()));
  return { nodes, databaseUrl, token: made.stdout.trim() };
}

let built = false;

/** From the files as they are now, once a run. */
function build(): void {
  if (built && existsSync(PROGRAM)) return;
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/keywright.mjs'), '--version']);
  if (status !== 0) throw new Error('The program could not be built');
  built = true;
}

async function ownDatabase(atEnd: AtEnd): Promise<string> {
  const { url, drop } = await createTestDatabaseUrl('postgres');
  atEnd(drop);
  return url;
}

function basic(): Record<string, string> {
  const { PATH = '' } = process.env;
  return { PATH, LOG_LEVEL: 'info' };
}

async function openNode(
  index: number,
  databaseUrl: string,
  options: ClusterOptions,
  atEnd: AtEnd,
): Promise<ClusterNode> {
  const isShared = !databaseUrl.startsWith('sqlite:');
  // Without a use where the database is a file.
  const target = isShared ? Number(new URL(databaseUrl).port) : 0;
  const toDatabase = await openProxy(target, atEnd);
  const toListen = await openProxy(target, atEnd);
  const skewMs = options.skewMs?.[index] ?? 0;
  const env = {
    ...basic(),
    DATABASE_URL: isShared ? toDatabase.through(databaseUrl) : databaseUrl,
    ...(isShared && { DATABASE_LISTEN_URL: toListen.through(databaseUrl) }),
    CLUSTER_LEASE_MS: String(options.leaseMs ?? 1_000),
    USAGE_FLUSH_MS: String(options.usageFlushMs ?? 200),
    VERIFY_FAILURES_PER_MINUTE: '1000000',
    VERIFY_PORT: 'off',
    CLOCK_SKEW_MS: String(skewMs),
    ...options.env,
  };
  let child: ChildProcess | undefined;
  let url = '';
  let verifyUrl = '';
  let written = '';
  const current = (): ChildProcess => {
    if (!child) throw new Error('The node is not started');
    return child;
  };
  const running = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const start = async (): Promise<void> => {
    const isSet = skewMs === 0 && options.env?.CLOCK_JUMP_MS === undefined;
    const skew = isSet ? [] : ['--import', join(import.meta.dirname, 'skew.mjs')];
    // The ports it had, so that clients find it again.
    const port = url ? new URL(url).port : '0';
    const ports = verifyUrl ? { VERIFY_PORT: new URL(verifyUrl).port } : {};
    const started = spawn(process.execPath, [...skew, PROGRAM, 'serve', '--port', port], {
      env: { ...env, ...ports },
    });
    child = started;
    let out = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    url = await eventually(
      () => {
        if (started.exitCode !== null) throw new Error(`Node ${index} ended: ${written}`);
        return /^Keywright is ready at (\S+)$/m.exec(out)?.[1];
      },
      { timeoutMs: START_MAX_MS },
    );
    verifyUrl = /^API keys are verified at (\S+)\/verify$/m.exec(out)?.[1] ?? '';
  };
  atEnd(async () => {
    if (!running()) return;
    const ended = once(current(), 'exit');
    current().kill('SIGKILL');
    await ended;
  });
  return {
    name: `node ${index + 1}`,
    get url() {
      return url;
    },
    get verifyUrl() {
      return verifyUrl;
    },
    get process() {
      return current();
    },
    toDatabase,
    toListen,
    warnings: () =>
      written
        .split('\n')
        .filter((line) => !line.startsWith('{"level":30'))
        .join('\n'),
    running,
    kill: (signal) => void current().kill(signal),
    stop: async () => {
      if (!running()) throw new Error(`Node ${index} has ended: ${written.slice(-4_000)}`);
      const ended = once(current(), 'exit', { signal: AbortSignal.timeout(END_MAX_MS) });
      current().kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
    start,
  };
}
