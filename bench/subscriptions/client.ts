import { answerTo, cpuMs, now } from '../rpc.ts';
import { RawSocket, type Reading } from './raw-socket.ts';

/** Number of messages between two progress reports. */
const REPORT_EVERY = 5_000;

/** Number of sockets that connect concurrently. */
const CONNECTING_MAX = 50;

/** The messages of a subscriber: its credential and its subscription. */
export interface Subscription {
  readonly init: object;
  readonly payload: object;
}

const sockets: RawSocket[] = [];
let total = 0;
let reported = 0;
let expected = Number.POSITIVE_INFINITY;
let completed = Promise.resolve(0);
let reached: (at: number) => void = () => {};
/** When each socket received each message, one row per event. Null while not measured. */
let receipts: Float64Array | null = null;

const reading: Reading = {
  message(socket) {
    total += 1;
    if (receipts) receipts[socket.received * sockets.length + socket.number] = now();
    socket.received += 1;
    if (total === expected) reached(now());
    else if (total - reported >= REPORT_EVERY) {
      reported = total;
      process.send?.({ received: total });
    }
  },
};

answerTo({
  /** Opens the sockets and subscribes with each. */
  async connect({ port, subscriptions }: { port: number; subscriptions: Subscription[] }) {
    const connect = async (start: number): Promise<void> => {
      for (let number = start; number < subscriptions.length; number += CONNECTING_MAX) {
        const socket = new RawSocket(number, reading);
        sockets[number] = socket;
        await socket.open(port, subscriptions[number] as Subscription);
      }
    };
    await Promise.all(Array.from({ length: CONNECTING_MAX }, (_, start) => connect(start)));
  },

  /** Resets the counters. */
  expect({ messages }: { messages: number }) {
    total = 0;
    reported = 0;
    expected = messages;
    for (const socket of sockets) socket.received = 0;
    completed = new Promise((resolve) => (reached = resolve));
  },

  /** Resolves when the expected number of messages has arrived, with the time of the last. */
  complete(): Promise<number> {
    return completed;
  },

  /** Records the time of every message from now on. */
  watch({ events }: { events: number }) {
    receipts = new Float64Array(events * sockets.length);
  },

  /** The milliseconds from each event's publication to each receipt, or to the last receipt of the event, sorted. */
  delays({ published, last }: { published: number[]; last: boolean }): number[] {
    const all = receipts ?? new Float64Array();
    const rows = published.map((at, event) =>
      all.subarray(event * sockets.length, (event + 1) * sockets.length).map((receipt) => receipt - at),
    );
    const delays = last ? rows.map((row) => Math.max(...row)) : rows.flatMap((row) => [...row]);
    return delays.sort((a, b) => a - b);
  },

  cpu: () => cpuMs(),

  /** The first received message, and the least and most messages that a socket has received. */
  sample() {
    const counts = sockets.map((socket) => socket.received);
    return { text: sockets[0]?.first ?? '', least: Math.min(...counts), most: Math.max(...counts) };
  },
});
