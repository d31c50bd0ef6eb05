import type { Plugin } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { openEventSource } from '../../support/event-source.ts';
import { rename } from '../../support/live.ts';
import { connectLive } from '../../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

/** A plugin that knows nothing of Keywright, as one for metrics or traces would be. */
function counting() {
  const seen = {
    requests: 0,
    params: 0,
    parse: 0,
    validate: 0,
    execute: 0,
    executed: 0,
    subscribe: 0,
    next: 0,
  };
  const count = (hook: keyof typeof seen) => (): void => {
    seen[hook] += 1;
  };
  const plugin: Plugin = {
    onRequestParse: count('requests'),
    onParams: count('params'),
    onParse: count('parse'),
    onValidate: count('validate'),
    onExecute: () => {
      seen.execute += 1;
      return { onExecuteDone: count('executed') };
    },
    onSubscribe: () => {
      seen.subscribe += 1;
      return { onSubscribeResult: () => ({ onNext: count('next') }) };
    },
  };
  return { plugin, seen };
}

const CHANGED = 'subscription { apiKeyChanged { apiKey { name } } }';

describe('a plugin of yoga', () => {
  const { plugin, seen } = counting();
  const server = serverOn('sqlite', { plugins: [plugin] });

  test('sees every operation over HTTP, the thousandth of a known document too', async () => {
    const before = { ...seen };
    for (let round = 0; round < 1_000; round += 1) await ask(server(), '{ __typename }');
    for (const hook of ['requests', 'params', 'parse', 'validate', 'execute', 'executed'] as const)
      expect(seen[hook] - before[hook], hook).toBe(1_000);
  });

  test('sees operations over WebSocket, and subscriptions of both transports', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const before = { ...seen };
    const socket = await connectLive(server(), sessionToken);
    const query = socket.subscribe('{ viewer { __typename } }');
    await eventually(() => query.completed);
    socket.subscribe(CHANGED);
    const stream = await openEventSource(server(), CHANGED, { token: sessionToken });
    await eventually(() => seen.subscribe - before.subscribe === 2);
    expect(seen.executed - before.executed).toBe(1);
    await rename(server(), key.id, 'Seen');
    expect(await stream.received(1)).toMatchObject([{ apiKey: { name: 'Seen' } }]);
    expect(seen.next - before.next).toBe(1);
  });
});

describe('a plugin that replaces the result of an admitted subscription', () => {
  const plugin: Plugin = {
    onSubscribe: () => ({ onSubscribeResult: ({ setResult }) => setResult({ data: { replaced: 'yes' } }) }),
  };
  const server = serverOn('sqlite', { plugins: [plugin] });

  test('answers over both transports, and the subscription of a WebSocket doesn’t start', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const { subscriptions } = server().app.liveServer;
    const subscribed = socket.subscribe(CHANGED);
    await eventually(() => subscribed.completed);
    expect(subscribed.events).toEqual(['yes']);
    expect(subscriptions.counts.subscribers).toBe(0);
    const streamed = await openEventSource(server(), CHANGED, { token: sessionToken });
    expect(await streamed.received(1)).toEqual(['yes']);
  });
});

describe('a plugin that answers by itself', () => {
  const plugin: Plugin = {
    onResponse({ response, setResponse, fetchAPI }) {
      if (response.status === 200)
        setResponse(new fetchAPI.Response('replaced', { status: 203, headers: { 'X-Replaced': 'yes' } }));
      else response.headers.set('X-Seen', 'yes');
    },
  };
  const server = serverOn('sqlite', { plugins: [plugin] });

  test('replaces the response, or adds to its headers', async () => {
    const post = (body: string) =>
      fetch(`${server().url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
    const replaced = await post('{ "query": "{ __typename }" }');
    expect(await replaced.text()).toBe('replaced');
    expect([replaced.status, replaced.headers.get('x-replaced')]).toEqual([203, 'yes']);
    const changed = await post('not JSON');
    expect([changed.status, changed.headers.get('x-seen')]).toEqual([400, 'yes']);
    expect(changed.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});
