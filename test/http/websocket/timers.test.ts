import { setImmediate as turn } from 'node:timers/promises';
import type { Plugin } from 'graphql-yoga';
import { expect, test, vi } from 'vitest';
import { connectLive } from '../../support/live-socket.ts';
import { ask, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

let goOn = () => {};
const slow = new Promise<void>((resolve) => {
  goOn = resolve;
});
const seen = { begun: false, over: false };

/** Keeps queries called Slow waiting until the test lets them go on. */
const plugin: Plugin = {
  async onExecute({ args }) {
    const [definition] = args.document.definitions;
    if (definition?.kind !== 'OperationDefinition' || definition.name?.value !== 'Slow') return {};
    seen.begun = true;
    await slow;
    return {
      onExecuteDone: () => {
        seen.over = true;
      },
    };
  },
};

const server = serverOn('sqlite', { plugins: [plugin] });

test('a connection whose client has gone starts no timer when its last operation ends', async () => {
  const { sessionToken } = await makeMember(server());
  const socket = await connectLive(server(), sessionToken);
  const stacks: (string | undefined)[] = [];
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((...given: Parameters<typeof setTimeout>) => {
    stacks.push(new Error('A timer').stack);
    return setTimeout(...given);
  }) as typeof setTimeout);
  const begun = () => stacks.filter((stack) => stack?.includes('/websocket/connection.ts')).length;
  socket.subscribe('query Slow { __typename }');
  await eventually(() => seen.begun);
  // The credential ends, so the connection is to be closed after the operation, or some time later.
  await ask(server(), 'mutation { signOut { signedOut } }', { token: sessionToken });
  await eventually(() => begun() === 1);
  socket.socket.terminate();
  await eventually(() => server().app.liveServer.sockets.size === 0);
  goOn();
  await eventually(() => seen.over);
  for (let turns = 0; turns < 100; turns += 1) await turn();
  expect(begun()).toBe(1);
});
