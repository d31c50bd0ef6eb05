import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import { presentResult } from '../../graphql/graphql-errors.ts';
import type { SharedResult } from '../../graphql/subscriptions/shared-execution.ts';
import type { Sink } from '../../graphql/subscriptions/subscriber.ts';
import { allHeaders } from '../exchange.ts';
import { COMPLETE_EVENT, EVENT_STREAM, nextEvent } from './event-format.ts';
import type { HttpPlugin } from './http-context.ts';

/** Maximum interval between two comments that keep proxies from closing an idle stream, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

const COMMENT = ':\n\n';

/** One result of a subscription, with JSON that is shared with other subscribers. */
interface StreamedResult extends ExecutionResult {
  readonly json?: string;
  /** The position to resume from after it. Null: none. */
  readonly cursor?: string | null;
}

/**
 * Sends a subscription's results as Server-Sent Events (HTML standard, 9.2), in the distinct connections mode of the
 * GraphQL over SSE protocol: `next` events with the cursor as their id, then `complete`.
 */
export function useEventStream(): HttpPlugin {
  return {
    onResultProcess({ result, serverContext, setResultProcessor }) {
      const { exchange, stream } = serverContext;
      if (!isAsyncIterable(result)) return;
      const results = result as AsyncIterable<StreamedResult>;
      setResultProcessor((_result, { Response }) => {
        const headers = allHeaders(exchange, {
          'Content-Type': `${EVENT_STREAM}; charset=utf-8`,
          'Cache-Control': 'no-store',
          // nginx would hold events back until its buffer is full.
          'X-Accel-Buffering': 'no',
        });
        // One at a time: data that the client doesn't read waits in `ResultStream`, which counts it.
        const events = eventsOf(results, {
          present: (result) => presentResult(result, exchange, serverContext),
          isComplete: () => !stream?.interrupted,
        });
        const body = Readable.from(events, { objectMode: true, highWaterMark: 1 });
        return new Response(body as unknown as ReadableStream, { status: 200, headers });
      }, EVENT_STREAM);
    },
  };
}

/**
 * The events of a stream. Never rejects, because nothing handles the error of a body that is being sent. `present`
 * masks results that a plugin has returned instead of the subscription's own.
 */
async function* eventsOf(
  results: AsyncIterable<StreamedResult>,
  { present, isComplete }: { present(result: ExecutionResult): ExecutionResult; isComplete(): boolean },
): AsyncGenerator<string> {
  yield COMMENT;
  try {
    for await (const { json, cursor = null, ...result } of results) {
      yield nextEvent(json ?? JSON.stringify(present(result)), cursor);
    }
  } catch (cause) {
    const originalError = new Error('A subscription failed', { cause });
    const error = new GraphQLError(originalError.message, { originalError });
    yield nextEvent(JSON.stringify(present({ errors: [error] })));
  }
  if (isComplete()) yield COMPLETE_EVENT;
}

/** The results of one subscription for a client that reads them at its own pace. */
export class ResultStream implements Sink, AsyncIterable<StreamedResult> {
  /** Whether the client should open the stream again when it ends. */
  interrupted = false;
  readonly #response: ServerResponse;
  readonly #wrote: () => void;
  readonly #waiting: StreamedResult[] = [];
  #waitingBytes = 0;
  /** Size of the last read result, which is pending until the next one is requested. */
  #takenBytes = 0;
  #over = false;
  #noting = false;
  #take: ((result: IteratorResult<StreamedResult>) => void) | null = null;
  #drained: (() => void)[] = [];

  /** `wrote` is called when data is buffered for the client. */
  constructor(response: ServerResponse, pingIntervalMs: number, wrote: () => void) {
    this.#response = response;
    this.#wrote = wrote;
    const timer = setInterval(() => this.#keepAlive(), Math.min(KEEP_ALIVE_MS, pingIntervalMs)).unref();
    response.once('close', () => {
      clearInterval(timer);
      this.#waiting.length = 0;
      this.#waitingBytes = 0;
      this.#takenBytes = 0;
      this.complete();
    });
  }

  next({ json, data, errors }: SharedResult, cursor: string | null): void {
    this.#push({ json, cursor, ...(errors && { errors }), ...(data !== undefined && { data }) });
  }

  error(errors: readonly GraphQLFormattedError[]): void {
    this.#push({ json: JSON.stringify({ errors }), cursor: null });
    this.complete();
  }

  complete(): void {
    this.#over = true;
    this.#give();
    this.#tellDrained();
  }

  /** Ends the stream after the pending results, without `complete`: clients reopen such a stream, and resume. */
  interrupt(): void {
    this.interrupted = true;
    this.complete();
  }

  /** Bytes that the client hasn't read (UTF-16 units while they are buffered here). */
  get buffered(): number {
    return this.waitingBytes + this.#response.writableLength;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#tellDrained();
    });
  }

  /** Pending bytes, in addition to those that the connection counts. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#takenBytes;
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamedResult> {
    return {
      next: () =>
        new Promise((resolve) => {
          this.#takenBytes = 0;
          this.#take = resolve;
          this.#give();
        }),
      return: async () => {
        this.complete();
        return { done: true, value: undefined };
      },
    };
  }

  #push(result: StreamedResult): void {
    if (this.#over) return;
    this.#waiting.push(result);
    this.#waitingBytes += result.json?.length ?? 0;
    this.#give();
    if (this.#noting || this.buffered === 0) return;
    this.#noting = true;
    // Called once the chunk has reached the connection, which counts it. Since Node.js 22, that is after `write`
    // returns.
    setImmediate(() => {
      this.#noting = false;
      this.#wrote();
    });
  }

  #give(): void {
    const take = this.#take;
    if (!take) return;
    const value = this.#waiting.shift();
    if (value) {
      this.#takenBytes = value.json?.length ?? 0;
      this.#waitingBytes -= this.#takenBytes;
    } else if (!this.#over) return this.#tellDrained();
    this.#take = null;
    take(value ? { done: false, value } : { done: true, value: undefined });
  }

  #tellDrained(): void {
    if (this.#drained.length === 0) return;
    if (!this.#over && !this.#response.destroyed && (this.#waiting.length > 0 || !this.#take)) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) setImmediate(resolve);
  }

  #keepAlive(): void {
    const { headersSent, writableEnded } = this.#response;
    if (headersSent && !writableEnded && this.buffered === 0) this.#response.write(COMMENT);
  }
}
