import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { answerTo, cpuMs, now } from '../rpc.ts';
import type { Fixture } from './fixture.ts';
import { prepareFixture } from './fixture.ts';
import { startFloor } from './floor.ts';
import type { Subject } from './subject.ts';

/** Maximum number of messages on their way to the client while more are published. */
const UNDER_WAY_MAX = 40_000;

/** Interval between two uses of one key: with less, they would be coalesced. */
const KEY_INTERVAL_MS = 110;

export type SubjectName = 'ws, send' | 'ws, frame' | 'yoga + graphql-ws' | 'Keywright';

export interface Start {
  readonly subject: SubjectName;
  readonly file: string;
  readonly fixture: Fixture;
  /** The message of the floor: this many bytes, to one subscriber if each has its own keys. */
  readonly bytes: number;
  readonly keysPerSubscriber: number;
}

let subject: Subject;
let received = 0;

async function start({ subject: name, file, fixture, bytes, keysPerSubscriber }: Start): Promise<Subject> {
  if (name === 'Keywright') return (await import('./keywright.ts')).startKeywright(file, fixture);
  if (name === 'yoga + graphql-ws') return (await import('./plain.ts')).startPlain(file, fixture);
  return startFloor(bytes, name === 'ws, frame', keysPerSubscriber);
}

answerTo(
  {
    prepare: ({ file, users, keys }: { file: string; users: number; keys: number }) =>
      prepareFixture(file, users, keys),

    async start(params: Start): Promise<number> {
      subject = await start(params);
      return subject.port;
    },

    /**
     * Publishes at full speed, as requests would: each event separately, a few per turn of the event loop if each goes
     * to one subscriber. Resolves with the time of the first.
     */
    async flood({ events, keys, fanOut }: { events: number; keys: number; fanOut: number }): Promise<number> {
      received = 0;
      const atOnce = fanOut === 1 ? 10 : 1;
      const published = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY);
      const started = now();
      for (let event = 0; event < events; event += atOnce) {
        const last = (event + atOnce - 1) % keys;
        const wait = (published[last] as number) + KEY_INTERVAL_MS - performance.now();
        if (wait > 0) await pause(wait);
        while (event * fanOut - received > UNDER_WAY_MAX) await turn();
        for (let key = last - atOnce + 1; key <= last; key++) setImmediate(() => subject.publish(key));
        published.fill(performance.now(), last - atOnce + 1, last + 1);
        await turn();
      }
      return started;
    },

    /** Publishes an event at intervals. Resolves with the times. */
    async pace({ events, keys, intervalMs }: { events: number; keys: number; intervalMs: number }) {
      const published: number[] = [];
      const started = now();
      for (let event = 0; event < events; event++) {
        await pause(started + event * intervalMs - now());
        published.push(now());
        subject.publish(event % keys);
      }
      return published;
    },

    /** Revokes keys one after the other. Resolves with the times of commits and responses. */
    async revoke({ from, count, intervalMs }: { from: number; count: number; intervalMs: number }) {
      const committed: number[] = [];
      const answered: number[] = [];
      for (let key = from; key < from + count; key++) {
        const times = await subject.revoke?.(key);
        committed.push(times?.committed ?? 0);
        answered.push(times?.answered ?? 0);
        await pause(intervalMs);
      }
      return { committed, answered };
    },

    cpu: () => cpuMs(),

    /** Resident memory after garbage collection, bytes. */
    async memory(): Promise<number> {
      for (let times = 0; times < 5; times++) {
        globalThis.gc?.();
        await pause(200);
      }
      return process.memoryUsage.rss();
    },
  },
  (total) => {
    received = total;
  },
);
