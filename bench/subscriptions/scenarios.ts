import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Measurements } from '../measurements.ts';
import { Program, type Programs } from '../processes.ts';
import type { Subscription } from './client.ts';
import type { Fixture } from './fixture.ts';
import type { Start, SubjectName } from './server.ts';

export const SUBSCRIBERS = 1_000;
export const IDLE_SUBSCRIBERS = 5_000;
const DOCUMENTS = 50;

/** Number of keys that are used in turn: none is used twice within the shortest interval. */
const KEYS_IN_TURN = 64;
export const KEYS_PER_SUBSCRIBER = 10;

/** Context of the scenarios. */
export interface Bench {
  readonly programs: Programs;
  readonly folder: string;
  readonly fixture: Fixture;
  /** Length of the message that the floor sends: the same as Keywright's. */
  bytes: number;
  readonly measurements: Measurements;
}

const used = (document: string, args: string): string =>
  `subscription Dashboard${document}(${args ? '$keys: [ID!], ' : ''}$ms: Int!) { ` +
  `apiKeyUsed(${args}minIntervalMs: $ms) { apiKey { id name status d${document}: start } ` +
  'lastUsedAt lastUsedIp secretId count } }';

const CHANGES =
  'subscription { apiKeyChanged { __typename cursor occurredAt apiKey { id name status } ' +
  'actor { __typename ... on SystemActor { name } } ... on ApiKeyRevoked { reason } } }';

const numbered = (document: number): string => String(document).padStart(2, '0');

interface Setup {
  readonly subject: SubjectName;
  readonly subscribers: number;
  /** The operation of the subscriber with this number. */
  operation(subscriber: number): object;
  readonly keysPerSubscriber?: number;
}

/** Starts a server and a client in separate processes, calls `run`, and ends both. */
async function withServer<T>(
  bench: Bench,
  { subject, subscribers, operation, keysPerSubscriber = 0 }: Setup,
  run: (server: Program, connect: () => Promise<Program>) => Promise<T>,
): Promise<T> {
  // Always a new name: otherwise, SQLite would apply the previous file's WAL to this one.
  const file = join(mkdtempSync(join(bench.folder, 'start-')), 'fixture.db');
  copyFileSync(join(bench.folder, 'fixture.db'), file);
  const server = new Program(bench.programs, 'server');
  const client = new Program(bench.programs, 'client');
  client.received = (total) => server.tell(total);
  try {
    const { fixture, bytes } = bench;
    const start: Start = { subject, file, fixture, bytes, keysPerSubscriber };
    const port = await server.ask<number>('start', start);
    const { sessionTokens } = fixture;
    const subscriptions: Subscription[] = Array.from({ length: subscribers }, (_, number) => ({
      init: { authorization: `Bearer ${sessionTokens[number % sessionTokens.length]}` },
      payload: operation(number),
    }));
    const connect = async (): Promise<Program> => {
      await client.ask('connect', { port, subscriptions });
      // Subscriptions are not acknowledged.
      await pause(1_000);
      return client;
    };
    const result = await run(server, connect);
    bench.measurements.workedMs += (await server.ask<number>('cpu')) + (await client.ask<number>('cpu'));
    return result;
  } finally {
    await client.end();
    await server.end();
  }
}

export type Rated = 'one document' | '50 documents' | 'one of 1,000';

/** Maximum number of messages delivered per second, and CPU time of the server per message, microseconds. */
export interface Throughput {
  readonly rate: number;
  readonly cost: number;
}

export function throughput(bench: Bench, subject: SubjectName, scenario: Rated): Promise<Throughput> {
  const own = scenario === 'one of 1,000';
  const slow = subject === 'yoga + graphql-ws';
  const keys = own ? SUBSCRIBERS * KEYS_PER_SUBSCRIBER : KEYS_IN_TURN;
  const fanOut = own ? 1 : SUBSCRIBERS;
  const events = own ? (slow ? 40_000 : 100_000) : slow ? 100 : 600;
  const operation = (number: number): object => {
    const document = scenario === '50 documents' ? numbered(number % DOCUMENTS) : numbered(0);
    const range = [number * KEYS_PER_SUBSCRIBER, (number + 1) * KEYS_PER_SUBSCRIBER] as const;
    const ids = own ? { keys: bench.fixture.keys.slice(...range).map((key) => key.id) } : {};
    return { query: used(document, own ? 'apiKeyIds: $keys, ' : ''), variables: { ms: 100, ...ids } };
  };
  const keysPerSubscriber = own ? KEYS_PER_SUBSCRIBER : 0;
  return withServer(
    bench,
    { subject, subscribers: SUBSCRIBERS, operation, keysPerSubscriber },
    async (server, connect) => {
      const client = await connect();
      const deliver = async (count: number): Promise<Throughput> => {
        const messages = count * fanOut;
        await client.ask('expect', { messages });
        const worked = await server.ask<number>('cpu');
        const started = await server.ask<number>('flood', { events: count, keys, fanOut });
        const ended = await client.ask<number>('complete');
        const cost = ((await server.ask<number>('cpu')) - worked) * 1_000;
        return { rate: messages / ((ended - started) / 1_000), cost: cost / messages };
      };
      // Uses every key once, so that everything is compiled and cached.
      await deliver(keys * (own ? 2 : 1));
      const result = await deliver(events);
      await check(bench, client, subject, events * fanOut);
      return result;
    },
  );
}

/** Checks that all sockets received the same number of messages, with the subscribed contents. */
async function check(bench: Bench, client: Program, subject: SubjectName, messages: number): Promise<void> {
  const { text, least, most } = await client.ask<{ text: string; least: number; most: number }>('sample');
  if (least !== most || least * SUBSCRIBERS !== messages)
    throw new Error(`${subject}: ${least} to ${most} each`);
  if (subject.startsWith('ws')) return;
  const { errors, data } = JSON.parse(text).payload;
  if (errors || !data) throw new Error(`${subject}: ${text}`);
  if (subject === 'Keywright') bench.bytes = Buffer.byteLength(text);
}

export interface Delays {
  readonly p50: number;
  readonly p99: number;
}

const percentiles = (sorted: readonly number[]): Delays => {
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
};

/** Latency from publication to receipt with 10 events per second for 1,000 subscribers, milliseconds. */
export function delaysAtRest(bench: Bench, subject: SubjectName): Promise<Delays> {
  const operation = (): object => ({ query: used(numbered(0), ''), variables: { ms: 100 } });
  return withServer(bench, { subject, subscribers: SUBSCRIBERS, operation }, async (server, connect) => {
    const client = await connect();
    const publish = async (events: number): Promise<number[]> => {
      await client.ask('expect', { messages: events * SUBSCRIBERS });
      const published = await server.ask<number[]>('pace', { events, keys: KEYS_IN_TURN, intervalMs: 100 });
      await client.ask('complete');
      return published;
    };
    await publish(KEYS_IN_TURN);
    await client.ask('watch', { events: 100 });
    const published = await publish(100);
    return percentiles(await client.ask<number[]>('delays', { published, last: false }));
  });
}

/**
 * Latency from a revocation's commit, and from its response, to its event at the last of 1,000 subscribers,
 * milliseconds.
 */
export function revocationDelays(bench: Bench): Promise<{ commit: Delays; answer: Delays }> {
  const operation = (): object => ({ query: CHANGES });
  const setup: Setup = { subject: 'Keywright', subscribers: SUBSCRIBERS, operation };
  return withServer(bench, setup, async (server, connect) => {
    const client = await connect();
    const revoke = async (
      from: number,
      count: number,
    ): Promise<{ committed: number[]; answered: number[] }> => {
      await client.ask('expect', { messages: count * SUBSCRIBERS });
      const times = await server.ask<{ committed: number[]; answered: number[] }>('revoke', {
        from,
        count,
        intervalMs: 20,
      });
      await client.ask('complete');
      return times;
    };
    await revoke(0, 50);
    await client.ask('watch', { events: 300 });
    const { committed, answered } = await revoke(50, 300);
    const delays = (published: number[]) => client.ask<number[]>('delays', { published, last: true });
    return { commit: percentiles(await delays(committed)), answer: percentiles(await delays(answered)) };
  });
}

/** Resident memory per idle subscriber, with 5,000 of them, bytes. */
export function memoryPerSubscriber(bench: Bench, subject: SubjectName): Promise<number> {
  const operation = (): object => ({ query: used(numbered(0), ''), variables: { ms: 100 } });
  return withServer(bench, { subject, subscribers: IDLE_SUBSCRIBERS, operation }, async (server, connect) => {
    const before = await server.ask<number>('memory');
    await connect();
    return ((await server.ask<number>('memory')) - before) / IDLE_SUBSCRIBERS;
  });
}
