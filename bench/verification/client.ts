import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { answerTo, cpuMs } from '../rpc.ts';
import { Connection } from './connection.ts';
import type { Requests } from './requests.ts';

/** How long to wait for responses to the last requests of an open loop, milliseconds. */
const DRAIN_MS = 2_000;

/**
 * Number of connections opened before an open loop starts, and the time limit for that: opening one takes longer than a
 * request.
 */
const SPARE_CONNECTIONS = 256;
const CONNECTING_MS = 500;

/** The results of a run. */
export interface Driven {
  readonly answered: number;
  readonly milliseconds: number;
  /** Number of responses with another status than 200, or without a response. */
  readonly refused: number;
  readonly body: string;
  /** CPU use of this process, in cores. */
  readonly worked: number;
}

const lists = new Map<string, readonly string[]>();
let place = 0;

function supplier({ before, after, secrets }: Requests): () => string {
  if (!secrets) return () => before + after;
  const list = lists.get(secrets.list)?.slice(0, secrets.count) ?? [];
  // Continues where the last measurement ended, so that no secret is repeated while others are left.
  return () => {
    place += 1;
    return before + (list[place % list.length] ?? '') + after;
  };
}

/** At full speed, with one request at a time on each connection. */
async function drive(port: number, requests: Requests, connections: number, ms: number): Promise<Driven> {
  const next = supplier(requests);
  let [answered, refused, running] = [0, 0, true];
  const open = Array.from(
    { length: connections },
    () =>
      new Connection(port, (connection, status) => {
        if (status === 200) answered += 1;
        else refused += 1;
        if (running && status !== 0) connection.send(next());
      }),
  );
  const [start, worked] = [performance.now(), cpuMs()];
  for (const connection of open) connection.send(next());
  await pause(ms);
  const milliseconds = performance.now() - start;
  const result = { answered, refused, milliseconds, worked: (cpuMs() - worked) / milliseconds };
  running = false;
  for (const connection of open) connection.close();
  return { ...result, body: open.find(({ body }) => body !== '')?.body ?? '' };
}

/**
 * At a fixed rate, a few requests per millisecond, regardless of pending ones. Returns the milliseconds from each
 * request to its response, sorted. Missing responses count as the whole duration.
 */
async function pace(port: number, requests: Requests, rate: number, ms: number): Promise<number[]> {
  const next = supplier(requests);
  const count = Math.floor((rate * ms) / 1_000);
  const delays: number[] = [];
  let lost = 0;
  const free: Connection[] = [];
  const all: Connection[] = [];
  const open = (): Connection => {
    const made = new Connection(port, (connection, status) => {
      if (status === 200) delays.push(performance.now() - connection.sentAt);
      else lost += 1;
      if (status !== 0) free.push(connection);
    });
    all.push(made);
    return made;
  };
  for (let number = 0; number < SPARE_CONNECTIONS; number += 1) free.push(open());
  await pause(CONNECTING_MS);
  const start = performance.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      for (; sent < count; sent += 1) {
        const now = performance.now();
        if (start + (sent * 1_000) / rate > now) break;
        const connection = free.pop() ?? open();
        connection.sentAt = now;
        connection.send(next());
      }
      // Not more often: busy waiting takes a core from the server.
      if (sent < count) setTimeout(turn, 1);
      else resolve();
    };
    turn();
  });
  const end = performance.now() + DRAIN_MS;
  while (delays.length + lost < count && performance.now() < end) await pause(10);
  for (const connection of all) connection.close();
  delays.sort((a, b) => a - b);
  const atLeast = performance.now() - start;
  while (delays.length < count) delays.push(atLeast);
  return delays;
}

answerTo({
  /** Reads a list of secrets, one per line. */
  read({ list, path }: { list: string; path: string }): number {
    const secrets = readFileSync(path, 'latin1').split('\n');
    lists.set(list, secrets);
    return secrets.length;
  },

  drive: ({ port, requests, connections, ms }: DriveInput) => drive(port, requests, connections, ms),

  async pace({
    port,
    requests,
    rate,
    ms,
  }: PaceInput): Promise<{ p50: number; p99: number; 'p99.9': number }> {
    const sorted = await pace(port, requests, rate, ms);
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), 'p99.9': at(0.999) };
  },

  /** Requests each of the first secrets of a list once. */
  async once({ port, requests, connections }: Omit<DriveInput, 'ms'>): Promise<number> {
    const count = requests.secrets?.count ?? 1;
    const next = supplier(requests);
    let [sent, answered] = [0, 0];
    await new Promise<void>((resolve, reject) => {
      const send = (connection: Connection): void => {
        if (sent === count) return;
        sent += 1;
        connection.send(next());
      };
      for (let number = 0; number < connections; number += 1) {
        const connection = new Connection(port, (self, status) => {
          if (status !== 200) return reject(new Error(`The server answered ${status}`));
          answered += 1;
          if (answered === count) resolve();
          send(self);
        });
        send(connection);
      }
    });
    return answered;
  },

  cpu: () => cpuMs(),
});

interface DriveInput {
  readonly port: number;
  readonly requests: Requests;
  readonly connections: number;
  readonly ms: number;
}

interface PaceInput {
  readonly port: number;
  readonly requests: Requests;
  readonly rate: number;
  readonly ms: number;
}
