import { answerTo, cpuMs, now } from '../asked.ts';
import { Line, type Reading } from './line.ts';

/** Between two reports of how much has come, messages. */
const REPORT_EVERY = 5_000;

/** Sockets that connect at the same time. */
const CONNECTING_MAX = 50;

/** What a subscriber sends: its credential, and what it subscribes to. */
export interface Subscription {
  readonly init: object;
  readonly payload: object;
}

const lines: Line[] = [];
let total = 0;
let reported = 0;
let expected = Number.POSITIVE_INFINITY;
let completed = Promise.resolve(0);
let reached: (at: number) => void = () => {};
/** When each socket got each message, one row an event; null while nobody wants to know. */
let receipts: Float64Array | null = null;

const reading: Reading = {
  message(line) {
    total += 1;
    if (receipts) receipts[line.received * lines.length + line.number] = now();
    line.received += 1;
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
        const line = new Line(number, reading);
        lines[number] = line;
        await line.open(port, subscriptions[number] as Subscription);
      }
    };
    await Promise.all(Array.from({ length: CONNECTING_MAX }, (_, start) => connect(start)));
  },

  /** Starts to count anew. */
  expect({ messages }: { messages: number }) {
    total = 0;
    reported = 0;
    expected = messages;
    for (const line of lines) line.received = 0;
    completed = new Promise((resolve) => (reached = resolve));
  },

  /** Resolves when as many have come as are expected, with the time of the last. */
  complete(): Promise<number> {
    return completed;
  },

  /** Takes the time of every message from now on. */
  watch({ events }: { events: number }) {
    receipts = new Float64Array(events * lines.length);
  },

  /** The milliseconds from each event's publication to each receipt, or to the last receipt of the event, sorted. */
  delays({ published, last }: { published: number[]; last: boolean }): number[] {
    const all = receipts ?? new Float64Array();
    const rows = published.map((at, event) =>
      all.subarray(event * lines.length, (event + 1) * lines.length).map((receipt) => receipt - at),
    );
    const delays = last ? rows.map((row) => Math.max(...row)) : rows.flatMap((row) => [...row]);
    return delays.sort((a, b) => a - b);
  },

  cpu: () => cpuMs(),

  /** The first message that came, and how few and how many any socket got. */
  sample() {
    const counts = lines.map((line) => line.received);
    return { text: lines[0]?.first ?? '', least: Math.min(...counts), most: Math.max(...counts) };
  },
});
