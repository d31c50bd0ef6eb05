import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Measurements } from '../measurements.ts';
import { Program, type Programs } from '../processes.ts';
import type { Subscription } from './client.ts';
import type { Start, SubjectName } from './server.ts';
import type { World } from './world.ts';

export const SUBSCRIBERS = 1_000;
export const IDLE_SUBSCRIBERS = 5_000;
const DOCUMENTS = 50;

/** Keys that are used in turn: none of them twice within the shortest interval. */
const KEYS_IN_TURN = 64;
export const KEYS_PER_SUBSCRIBER = 10;

/** What the scenarios need. */
export interface Bench {
  readonly programs: Programs;
  readonly folder: string;
  readonly world: World;
  /** Length of the message that the floor sends: as long as Keywright's. */
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

/** Starts a server and a client in processes of their own, lets `run` measure, and ends both. */
async function withServer<T>(
  bench: Bench,
  { subject, subscribers, operation, keysPerSubscriber = 0 }: Setup,
  run: (server: Program, connect: () => Promise<Program>) => Promise<T>,
): Promise<T> {
  // Never the name of one before: what SQLite had not yet put into that one's file would be taken for this one's.
  const file = join(mkdtempSync(join(bench.folder, 'start-')), 'world.db');
  copyFileSync(join(bench.folder, 'world.db'), file);
  const server = new Program(bench.programs, 'server');
  const client = new Program(bench.programs, 'client');
  client.received = (total) => server.tell(total);
  try {
    const { world, bytes } = bench;
    const given: Start = { subject, file, world, bytes, keysPerSubscriber };
    const port = await server.ask<number>('start', given);
    const { sessionTokens } = world;
    const subscriptions: Subscription[] = Array.from({ length: subscribers }, (_, number) => ({
      init: { authorization: `Bearer ${sessionTokens[number % sessionTokens.length]}` },
      payload: operation(number),
    }));
    const connect = async (): Promise<Program> => {
      await client.ask('connect', { port, subscriptions });
      // There is no acknowledgement of a subscription.
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

/** Messages delivered in a second, at most; and what one costs the server, microseconds of its processor. */
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
    const ids = own ? { keys: bench.world.keys.slice(...range).map((key) => key.id) } : {};
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
      // Every key once, so that everything is compiled and cached that can be.
      await deliver(keys * (own ? 2 : 1));
      const result = await deliver(events);
      await check(bench, client, subject, events * fanOut);
      return result;
    },
  );
}

/** Everybody got as many, and what they got is what was asked for. */
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

/** From publication to receipt where 10 events a second go to 1,000 subscribers, milliseconds. */
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

/** From a revocation's commit, and from its answer, to its event at the last of 1,000 subscribers, milliseconds. */
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

/** Resident memory for each of 5,000 subscribers that wait, bytes. */
export function memoryPerSubscriber(bench: Bench, subject: SubjectName): Promise<number> {
  const operation = (): object => ({ query: used(numbered(0), ''), variables: { ms: 100 } });
  return withServer(bench, { subject, subscribers: IDLE_SUBSCRIBERS, operation }, async (server, connect) => {
    const before = await server.ask<number>('memory');
    await connect();
    return ((await server.ask<number>('memory')) - before) / IDLE_SUBSCRIBERS;
  });
}
