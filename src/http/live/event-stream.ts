import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { SharedResult } from './shared-execution.ts';
import type { Outlet } from './subscriber.ts';

/** Between two comments that keep proxies from closing a quiet stream, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/**
 * One operation's results as Server-Sent Events (HTML standard, 9.2), in the form of the GraphQL over SSE protocol's
 * distinct connections mode: `next` events, then `complete`.
 */
export class EventStream implements Outlet {
  readonly #response: ServerResponse;
  #keepingAlive: NodeJS.Timeout | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Sends the head of the answer; from now on there are events. */
  open(): void {
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would hold events back until its buffer is full.
      'X-Accel-Buffering': 'no',
    });
    this.#response.write(':\n\n');
    this.#keepingAlive = setInterval(() => this.#response.write(':\n\n'), KEEP_ALIVE_MS).unref();
    this.#response.once('close', () => this.#stopKeepingAlive());
  }

  next({ json }: Pick<SharedResult, 'json'>, cursor: string | null): void {
    const id = cursor === null ? '' : `id: ${cursor}\n`;
    this.#response.write(`event: next\n${id}data: ${json}\n\n`);
  }

  error(errors: readonly GraphQLFormattedError[]): void {
    this.next({ json: JSON.stringify({ errors }) }, null);
    this.complete();
  }

  complete(): void {
    this.#stopKeepingAlive();
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

  #stopKeepingAlive(): void {
    if (this.#keepingAlive) clearInterval(this.#keepingAlive);
    this.#keepingAlive = null;
  }
}
