import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { SharedResult } from '../../graphql/subscriptions/shared-execution.ts';
import type { Outlet } from '../../graphql/subscriptions/subscriber.ts';
import { type Exchange, writeHead } from '../exchange.ts';

/** Between two comments that keep proxies from closing a quiet stream, milliseconds at most. */
const KEEP_ALIVE_MS = 15_000;

/**
 * One operation's results as Server-Sent Events (HTML standard, 9.2), in the form of the GraphQL over SSE protocol's
 * distinct connections mode: `next` events, then `complete`.
 */
export class EventStream implements Outlet {
  readonly #exchange: Exchange;
  readonly #response: ServerResponse;
  readonly #intervalMs: number;
  readonly #wrote: () => void;

  /** `wrote` is called when something waits for the client. */
  constructor(exchange: Exchange, pingIntervalMs: number, wrote: () => void) {
    this.#exchange = exchange;
    this.#response = exchange.response;
    this.#wrote = wrote;
    this.#intervalMs = pingIntervalMs;
  }

  /** Sends the head of the answer; from now on there are events. */
  open(): void {
    writeHead(this.#exchange, 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would hold events back until its buffer is full.
      'X-Accel-Buffering': 'no',
    });
    this.#response.write(':\n\n');
    const timer = setInterval(() => this.#keepAlive(), Math.min(KEEP_ALIVE_MS, this.#intervalMs)).unref();
    this.#response.once('close', () => clearInterval(timer));
  }

  next({ json }: Pick<SharedResult, 'json'>, cursor: string | null): void {
    const id = cursor === null ? '' : `id: ${cursor}\n`;
    this.#response.write(`event: next\n${id}data: ${json}\n\n`);
    // From Node.js 22 on the chunks of one turn reach the connection, where they are counted, at its end.
    if (this.#response.writableNeedDrain) process.nextTick(this.#wrote);
  }

  error(errors: readonly GraphQLFormattedError[]): void {
    this.next({ json: JSON.stringify({ errors }) }, null);
    this.complete();
  }

  complete(): void {
    this.#response.end('event: complete\ndata:\n\n');
  }

  get buffered(): number {
    return this.#response.writableLength;
  }

  drained(): Promise<void> {
    const response = this.#response;
    return new Promise((resolve) => {
      if (response.destroyed || !response.writableNeedDrain) {
        setImmediate(resolve);
        return;
      }
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        setImmediate(resolve);
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }

  #keepAlive(): void {
    if (!this.#response.writableEnded && this.buffered === 0) this.#response.write(':\n\n');
  }
}
