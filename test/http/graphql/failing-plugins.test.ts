import type { Plugin } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { openEventSource } from '../../support/event-source.ts';
import { rename } from '../../support/live.ts';
import { connectLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

// A plugin can fail in every hook, with every kind of value. Clients must learn nothing about it, and the log everything.

const SECRET = 'internal-detail';

const HOOKS = [
  'onRequest',
  'onRequestParse',
  'onParams',
  'onParse',
  'onValidate',
  'onContextBuilding',
  'onExecute',
  'onExecuteDone',
  'onExecutionResult',
  'onResultProcess',
  'onResponse',
] as const;
type Hook = (typeof HOOKS)[number] | 'onSubscribe' | 'onNext';

const THROWN: Readonly<Record<string, () => unknown>> = {
  'an error': () => new Error(SECRET),
  'a string': () => SECRET,
  'an object with a toString method': () => ({ toString: () => SECRET }),
  nothing: () => undefined,
  'an aggregate error': () => new AggregateError([new Error(SECRET), SECRET], SECRET),
  'an empty aggregate error': () => new AggregateError([], SECRET),
  'the reason of an aborted signal': () => AbortSignal.abort().reason,
};

function failing() {
  const state: { hook: Hook | null; thrown: () => unknown } = { hook: null, thrown: () => null };
  const fail = (hook: Hook) => (): void => {
    if (state.hook === hook) throw state.thrown();
  };
  const hooks = Object.fromEntries(HOOKS.map((hook) => [hook, fail(hook)]));
  const plugin: Plugin = {
    ...hooks,
    onExecute: () => {
      fail('onExecute')();
      return { onExecuteDone: fail('onExecuteDone') };
    },
    onSubscribe: () => {
      fail('onSubscribe')();
      return { onSubscribeResult: () => ({ onNext: fail('onNext') }) };
    },
  };
  return { plugin, state };
}

describe('a plugin that throws', () => {
  const { plugin, state } = failing();
  const server = serverOn('sqlite', { plugins: [plugin] });

  for (const [what, thrown] of Object.entries(THROWN))
    test(`${what} shows no details to HTTP clients, and takes no place among the operations`, async () => {
      for (const [round, hook] of HOOKS.entries()) {
        Object.assign(state, { hook, thrown });
        const response = await fetch(`${server().url}/graphql`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ query: `{ __typename } # ${what} ${round}` }),
        });
        const text = await response.text();
        expect([response.status, text.includes(SECRET)], hook).toEqual([500, false]);
        expect(text, hook).toContain('INTERNAL_SERVER_ERROR');
        const id = response.headers.get('x-request-id') ?? '';
        expect(text, hook).toContain(id);
        const lines = server().lines.filter((line) => line.includes(id));
        expect(lines.filter((line) => line.includes('A request failed')).length, hook).toBeGreaterThan(0);
        expect(response.headers.get('cache-control'), hook).toBe('no-store');
        expect(response.headers.get('x-content-type-options'), hook).toBe('nosniff');
        expect(server().app.operationLimits.size.operations, hook).toBe(0);
      }
      state.hook = null;
    });

  for (const [what, thrown] of Object.entries(THROWN))
    test(`${what} shows no details to WebSocket clients`, async () => {
      const { sessionToken } = await makeMember(server());
      const socket = await connectLive(server(), sessionToken);
      for (const hook of [
        'onParams',
        'onParse',
        'onExecute',
        'onExecuteDone',
        'onExecutionResult',
      ] as const) {
        Object.assign(state, { hook, thrown });
        const query = socket.subscribe(`{ __typename } # ${what} ${hook}`);
        await eventually(() => query.errors);
        expect(JSON.stringify(query.errors), hook).not.toContain(SECRET);
        expect(query.errors?.[0]?.extensions, hook).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
        expect(server().app.operationLimits.size.operations, hook).toBe(0);
      }
      state.hook = null;
    });

  for (const [what, thrown] of Object.entries(THROWN))
    test(`${what} for an event ends that stream only, without details`, async () => {
      const { organizationId, sessionToken } = await makeMember(server());
      const key = await makeApiKey(server(), organizationId);
      const changed = 'subscription { apiKeyChanged { apiKey { name } } }';
      const stream = await openEventSource(server(), changed, { token: sessionToken });
      Object.assign(state, { hook: 'onNext', thrown });
      await rename(server(), key.id, 'Seen');
      await stream.ended;
      state.hook = null;
      expect(JSON.stringify(stream.events)).not.toContain(SECRET);
      expect(stream.events[0]?.data).toContain('INTERNAL_SERVER_ERROR');
      expect(stream.events.at(-1)?.event).toBe('complete');
      await eventually(() => server().app.liveServer.subscriptions.counts.subscribers === 0);
      expect((await fetch(`${server().url}/readyz`)).status).toBe(200);
    });
});

describe('a response of a plugin', () => {
  const plugin: Plugin = {
    onRequestParse({ endResponse, fetchAPI }) {
      endResponse(new fetchAPI.Response('own', { headers: { 'Content-Security-Policy': 'own' } }));
    },
  };
  const server = serverOn('sqlite', { plugins: [plugin] });

  test('has the headers of every response, and keeps its own', async () => {
    const response = await fetch(`${server().url}/graphql?query={__typename}`);
    expect(await response.text()).toBe('own');
    const { headers } = response;
    expect(headers.get('content-security-policy')).toBe('own');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
