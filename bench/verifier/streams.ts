import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { EVENTS, KEYS, REPORT } from '../../packages/verifier/src/stream/operations.ts';
import { answerTo, cpuMs } from '../rpc.ts';

// Many streams of the protocol, with as little as possible behind each of them.

/** How many streams are opened at once. */
const OPENING_AT_ONCE = 50;

interface Streams {
  readonly sockets: Stream[];
  /** Messages in both directions. */
  messages: number;
  changes: number;
  /** Events from when a change was received last, `performance.now()`. */
  lastChangeAt: number;
}

const all: Streams = { sockets: [], messages: 0, changes: 0, lastChangeAt: 0 };

class Stream {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (data: unknown) => void>();
  #stream = '';
  #acknowledged = 0;
  #operations = 0;
  #batch = 0;
  readonly opened: Promise<void>;

  constructor(url: string, token: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.on('error', reject);
      this.#socket.on('close', (code, reason) => reject(new Error(`Closed: ${code} ${reason}`)));
      this.#socket.on('open', () => {
        this.#send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      });
      this.#socket.on('message', (data) => this.#received(JSON.parse(String(data)), resolve, reject));
    });
  }

  /** Runs an operation. */
  run(query: string, variables: (stream: string) => object): Promise<unknown> {
    this.#operations += 1;
    const id = `o${this.#operations}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ id, type: 'subscribe', payload: { query, variables: variables(this.#stream) } });
    });
  }

  /** Reports one use of each of these. */
  report(hashes: readonly string[]): Promise<unknown> {
    this.#batch += 1;
    const batch = this.#batch;
    const uses = hashes.map((hash) => ({ hash, count: 1, lastUsedAt: Date.now(), lastUsedIp: '127.0.0.1' }));
    return this.run(REPORT, (stream) => ({ input: { stream, batch, uses } }));
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(message: object): void {
    all.messages += 1;
    this.#socket.send(JSON.stringify(message));
  }

  #request(): void {
    this.#pong({ nonce: randomBytes(16).toString('base64url') });
  }

  #pong(more: object): void {
    const verifier = { stream: this.#stream, acknowledged: this.#acknowledged, cachedKeys: 0, ...more };
    this.#send({ type: 'pong', payload: { verifier } });
  }

  #received(
    // biome-ignore lint/suspicious/noExplicitAny: messages have many shapes.
    message: any,
    opened: () => void,
    failed: (error: Error) => void,
  ): void {
    all.messages += 1;
    const { type, id, payload } = message;
    if (type === 'connection_ack')
      this.#send({
        ...{ id: 'events', type: 'subscribe' },
        payload: { query: EVENTS, variables: { input: { name: 'bench' } } },
      });
    if (type === 'error') {
      this.#waiting.get(id)?.(null);
      failed(new Error(JSON.stringify(payload)));
    }
    if (type !== 'next') return;
    if (id !== 'events') {
      this.#waiting.get(id)?.(payload.data ?? null);
      this.#waiting.delete(id);
      return;
    }
    if (payload.errors) return failed(new Error(JSON.stringify(payload.errors)));
    const event = payload.data.verifierEvents;
    this.#acknowledged = event.number;
    if (event.__typename === 'VerifierWelcome') {
      this.#stream = event.stream;
      this.#request();
      const { renewMs } = event;
      setTimeout(() => {
        this.#request();
        setInterval(() => this.#request(), renewMs).unref();
      }, Math.random() * renewMs).unref();
    } else if (event.__typename === 'VerifierLease') opened();
    else {
      all.changes += 1;
      all.lastChangeAt = performance.now();
      this.#pong({});
    }
  }
}

answerTo({
  /** Opens streams, each with a lease. */
  async open({ url, token, count }: { url: string; token: string; count: number }): Promise<void> {
    for (let first = 0; first < count; first += OPENING_AT_ONCE) {
      const made = Array.from(
        { length: Math.min(OPENING_AT_ONCE, count - first) },
        () => new Stream(url, token),
      );
      all.sockets.push(...made);
      await Promise.all(made.map(({ opened }) => opened));
    }
  },

  /** Lets each stream look up these keys, so that it is sent their changes. */
  async lookUp({ hashes }: { hashes: readonly string[] }): Promise<void> {
    const secrets = hashes.map((hash) => ({ hash, ip: '127.0.0.1' }));
    for (const socket of all.sockets) await socket.run(KEYS, (stream) => ({ stream, secrets }));
  },

  /** Every stream reports usage of these keys, so many times a second in sum, for a while. Resolves with the number recorded. */
  async report({ hashes, perSecond, ms }: { hashes: readonly string[]; perSecond: number; ms: number }) {
    const start = performance.now();
    const pending: Promise<unknown>[] = [];
    let sent = 0;
    while (performance.now() - start < ms) {
      const due = ((performance.now() - start) * perSecond) / 1_000;
      for (; sent < due; sent += 1) {
        const socket = all.sockets[sent % all.sockets.length];
        if (socket) pending.push(socket.report(hashes));
      }
      await pause(2);
    }
    await Promise.all(pending);
    return { reports: sent, ms: performance.now() - start };
  },

  /** Every stream reports usage of these keys, one report after the other. Resolves with the number recorded. */
  async reportAtOnce({ hashes, ms }: { hashes: readonly string[]; ms: number }) {
    const start = performance.now();
    let reports = 0;
    const each = all.sockets.map(async (socket) => {
      while (performance.now() - start < ms) if ((await socket.report(hashes)) !== null) reports += 1;
    });
    await Promise.all(each);
    return { reports, ms: performance.now() - start };
  },

  counts: () => ({ messages: all.messages, changes: all.changes, worked: cpuMs() }),

  close(): void {
    for (const socket of all.sockets) socket.close();
  },
});
