import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChangeTail } from '../../../src/changes/change-tail.ts';
import { Caller } from '../../../src/graphql/subscriptions/caller.ts';
import { SharedExecution } from '../../../src/graphql/subscriptions/shared-execution.ts';
import { Subscriber } from '../../../src/graphql/subscriptions/subscriber.ts';
import { ResultStream } from '../../../src/http/graphql/event-stream.ts';
import { Connection } from '../../../src/http/websocket/connection.ts';
import { Operations } from '../../../src/http/websocket/operations.ts';
import { SocketSink } from '../../../src/http/websocket/socket-sink.ts';
import { Coalescer } from '../../../src/realtime/coalescer.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED, present, rename, USED } from '../../support/live.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

/** Subscriptions that begin and end; what differs between the databases needs fewer to show. */
const CYCLES = { sqlite: 4_000, postgres: 600 };
const WARM_UP = 400;
const EVENT_EVERY_MS = 3;
const CLIENTS = 20;
/** How often a client subscribes before it comes with a new socket, or by an event stream. */
const CYCLES_PER_SOCKET = 50;

/** What may be left: less than the smallest subscriber in each cycle, beside code that was compiled meanwhile. */
const BYTES_PER_CYCLE = 100;
const BYTES_OF_CODE = 2_200_000;

/** What comes and goes with clients and subscriptions. */
const KINDS = [
  Connection,
  Caller,
  Operations,
  SocketSink,
  ResultStream,
  Subscriber,
  SharedExecution,
  ChangeTail,
  Coalescer,
];

/** Of one family, so that one walk through the memory, which takes half a second, counts all of them. */
class Counted {}
for (const kind of KINDS) Object.setPrototypeOf(kind.prototype, Counted.prototype);

/** Of every listener there is a function, and of every timer, also of those that keep no process alive, one of these. */
const Timeout = classOfTimers();
const FUNCTIONS_MORE = 100;
const TIMERS_MORE = 10;

/** Each count walks through all of the memory, and nothing else happens meanwhile. */
const OBJECTS_WITHIN_MS = 30_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

onEachDatabase('thousands of subscribers that come and go', (engine) => {
  const server = serverOn(engine);

  test('leave no listener, timer, group, channel or memory behind', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const { live, changes } = server().app.services;
    const { liveServer } = server().app;
    let { value: position } = await server()
      .services.db.selectFrom('organization_sequences')
      .select('value')
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    const documents = () => [
      { query: CHANGED },
      { query: CHANGED, variables: { after: encodeCursor(organizationId, position - 2) } },
      { query: CHANGED, variables: { apiKeyIds: [key.id] } },
      { query: USED, variables: { minIntervalMs: 100 } },
      { query: USED, variables: { minIntervalMs: 60_000, since: new Date(0).toISOString() } },
      { query: 'subscription { apiKeyDenied { code count } }' },
      { query: CHANGED, variables: { after: 'nonsense' } },
    ];

    let received = 0;
    let events = 0;
    let flowing = true;
    const flow = async (): Promise<void> => {
      while (flowing) {
        events += 1;
        await present(server(), events % 5 === 0 ? 'nonsense' : key.secret);
        if (events % 10 === 0) {
          await rename(server(), key.id, `Name ${events}`);
          position += 1;
        }
        await pause(EVENT_EVERY_MS);
      }
    };

    const connect = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`${server().url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(`{"type":"connection_init","payload":{"authorization":"Bearer ${sessionToken}"}}`);
      await once(socket, 'message');
      return socket;
    };

    const stream = async (n: number): Promise<void> => {
      // Not by fetch, which opens the next connection ahead of any request: here they are counted.
      const asking = request(`${server().url}/graphql`, {
        method: 'POST',
        agent: false,
        headers: {
          Accept: 'text/event-stream',
          'Content-Type': 'application/json',
          Authorization: `Bearer ${sessionToken}`,
        },
      });
      asking.end(JSON.stringify(documents()[n % 7]));
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      const left = once(response, 'close');
      await once(response, 'data');
      response.destroy();
      await left;
    };

    const churn = async (client: number, cycles: number): Promise<void> => {
      let socket = await connect();
      for (let n = 0; n < cycles; n += 1) {
        if (n % CYCLES_PER_SOCKET === CYCLES_PER_SOCKET - 1) {
          // Every other time without a word, in the middle of it.
          if (n % 100 < 50) socket.terminate();
          else socket.close();
          await stream(client + n);
          socket = await connect();
        }
        const id = `${client} ${n}`;
        const waits = n % 10 === 0;
        const payload = documents()[waits ? n % 4 : (client + n) % 7];
        socket.send(JSON.stringify({ type: 'subscribe', id, payload }));
        if (waits) {
          await messageWith(socket, `"id":"${id}"`);
          received += 1;
        }
        // Others end it at any moment of its beginning.
        for (let answers = n % 4; answers > 0; answers -= 1) {
          socket.send('{"type":"ping"}');
          await messageWith(socket, '"pong"');
        }
        socket.send(JSON.stringify({ type: 'complete', id }));
      }
      socket.close();
      await once(socket, 'close');
    };

    const run = async (cycles: number): Promise<void> => {
      flowing = true;
      const flows = flow();
      await Promise.all(Array.from({ length: CLIENTS }, (_, client) => churn(client, cycles / CLIENTS)));
      flowing = false;
      await flows;
    };

    const isQuiet = async (): Promise<void> => {
      await eventually(() => {
        expect(liveServer.subscriptions.counts).toEqual({
          callers: 0,
          subscribers: 0,
          live: 0,
          groups: 0,
          counted: 0,
        });
        expect([liveServer.sockets.size, changes.followed, live.uses.size, live.denials.size]).toEqual([
          0, 0, 0, 0,
        ]);
        return true;
      });
    };

    const heap = async (): Promise<number> => {
      await server().services.usage.flush();
      // What the test itself notes.
      server().statements.length = 0;
      (server().lines as string[]).length = 0;
      performance.clearResourceTimings();
      await turn();
      collectGarbage();
      await turn();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };

    const cycles = CYCLES[engine];
    await run(WARM_UP);
    await isQuiet();
    const resources = resourceCounts();
    const before = await heap();
    const [functions, timers] = [countOf(Function), countOf(Timeout)];
    const start = { received, events };
    await run(cycles);
    await isQuiet();
    const after = await heap();
    expect(received - start.received).toBe(cycles / 10);
    // How many there were hangs on how long it took: enough that some came in every part of it.
    expect(events - start.events).toBeGreaterThan(cycles / 100);
    // The last of them may still wait for the database. The kinds' prototypes are of the family too.
    await eventually(
      () => {
        if (countOf(Counted) === KINDS.length) return true;
        collectGarbage();
        return false;
      },
      { timeoutMs: OBJECTS_WITHIN_MS },
    ).catch(() => expect(objectCounts()).toEqual({}));
    expect(countOf(WebSocket)).toBe(0);
    expect(countOf(Function) - functions).toBeLessThan(FUNCTIONS_MORE);
    expect(countOf(Timeout) - timers).toBeLessThan(TIMERS_MORE);
    expect(after - before).toBeLessThan(cycles * BYTES_PER_CYCLE + BYTES_OF_CODE);
    // The last of them may be closing at this moment.
    await eventually(() => {
      for (const [name, count] of resourceCounts())
        expect([name, count <= (resources.get(name) ?? 0)]).toEqual([name, true]);
      return true;
    });
  });
});

/** Waits for the next message that has this in it. */
function messageWith(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    const hear = (data: Buffer): void => {
      if (!data.includes(text)) return;
      socket.off('message', hear);
      resolve();
    };
    socket.on('message', hear);
  });
}

/** Of which kinds there are objects, and how many. */
function objectCounts(): Record<string, number> {
  const counts = KINDS.map((kind) => [kind.name, countOf(kind)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function countOf(kind: (typeof KINDS)[number] | typeof Counted | typeof WebSocket | typeof Function): number {
  return queryObjects(kind as typeof Function, { format: 'count' });
}

function classOfTimers(): typeof Function {
  const timer = setTimeout(() => {});
  clearTimeout(timer);
  return timer.constructor as typeof Function;
}

/** What keeps the process alive, by kind. */
function resourceCounts(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
