import { onTestFinished } from 'vitest';
import { eventually } from './wait.ts';

/** One event of a stream (HTML standard, 9.2.6). */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last id that was named. */
  readonly lastEventId: string;
}

/** A stream as a browser's EventSource reads it, by `fetch`, so that it can say who it is. */
export interface EventSourceStream {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly StreamEvent[];
  /** Lines that are only there to keep the stream open. */
  comments(): number;
  /** The values of the one field of each result. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape.
  values(): any[];
  /** Waits for so many values. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  received(count: number): Promise<any[]>;
  /** Resolves when the server has ended the stream, or the client has left. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Opens a stream; it is left with the test at the latest. */
export async function openEventSource(
  server: { readonly url: string },
  query: string,
  options: {
    readonly token?: string;
    readonly variables?: Record<string, unknown>;
    readonly lastEventId?: string;
    readonly method?: 'GET' | 'POST';
    readonly headers?: Record<string, string>;
  } = {},
): Promise<EventSourceStream> {
  const { token, variables = {}, lastEventId, method = 'POST', headers = {} } = options;
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${server.url}/graphql${method === 'GET' ? `?${search}` : ''}`, {
    method,
    signal: leaving.signal,
    headers: {
      Accept: 'text/event-stream',
      ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
      ...headers,
    },
    ...(method === 'POST' ? { body: JSON.stringify({ query, variables }) } : {}),
  });
  const events: StreamEvent[] = [];
  let comments = 0;
  const ended = read(response, events, () => {
    comments += 1;
  }).catch(() => {});
  const values = () =>
    events
      .filter(({ event }) => event === 'next')
      .map(({ data }) => JSON.parse(data))
      .map((result) => (result.data ? Object.values(result.data)[0] : result));
  return {
    status: response.status,
    headers: response.headers,
    events,
    comments: () => comments,
    values,
    received: async (count) => {
      await eventually(() => values().length >= count);
      return values();
    },
    ended,
    leave: () => leaving.abort(),
  };
}

async function read(response: Response, events: StreamEvent[], comment: () => void): Promise<void> {
  let text = '';
  let event = 'message';
  let data: string[] = [];
  let lastEventId = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ event, data: data.join('\n'), lastEventId });
        event = 'message';
        data = [];
        continue;
      }
      const at = line.indexOf(':');
      const [name, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
      if (name === '') comment();
      if (name === 'event') event = value;
      if (name === 'data') data.push(value);
      if (name === 'id') lastEventId = value;
    }
  }
}
