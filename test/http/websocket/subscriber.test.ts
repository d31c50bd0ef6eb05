import { setImmediate as turn } from 'node:timers/promises';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { Receiver } from '../../../src/changes/receiver.ts';
import { AppError, UnavailableError } from '../../../src/core/errors.ts';
import { SharedExecution } from '../../../src/graphql/subscriptions/shared-execution.ts';
import { type Sink, Subscriber } from '../../../src/graphql/subscriptions/subscriber.ts';
import type { Source } from '../../../src/realtime/source.ts';
import { eventually } from '../../support/wait.ts';

const schema = buildSchema(`
  type Query { nothing: Int }
  type Subscription { used: Used! }
  type Used { key: ID! at: Int! count: Int! loaded: Int }
`);

interface Use {
  readonly used: { key: string; at: number; count: number; loaded: () => Promise<number> };
}

const LIMITS = { bufferedMax: 1_000_000, conflateFrom: 100_000, heldMax: 10 };

test('of uses has no more under way than may wait, whatever executions wait for, and gets the newest of each key', async () => {
  const document = parse('subscription { used { key at count loaded } }');
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation');
  const subscription = { document, operation, variables: {} };
  const group = new SharedExecution(schema, subscription, 1_000_000, () => ({}) as GraphQLContext);
  let give: (event: Use) => void = () => {};
  const source: Source<Use> = {
    organizationId: 'org',
    permission: 'api.key.view',
    conflate: {
      group: ({ used }) => used.key,
      merge: ({ used: older }, { used }) => ({ used: { ...used, count: older.count + used.count } }),
    },
    cursorOf: () => null,
    open: async ({ receive }) => {
      give = receive;
      return () => {};
    },
  };
  const sent: { key: string; at: number; count: number }[] = [];
  const sink: Sink = {
    next: ({ json }) => sent.push(JSON.parse(json).data.used),
    error: () => {},
    interrupt: () => {},
    buffered: 0,
    drained: () => turn(),
  };
  const options = { operation: subscription, group, sink, limits: LIMITS, ended: () => {} };
  const subscriber = new Subscriber({ ...options, source: source as unknown as Source });
  await subscriber.open(source as unknown as Source);
  let open: (value: number) => void = () => {};
  const gate = new Promise<number>((resolve) => (open = resolve));
  for (let at = 0; at < 100; at += 1)
    give({ used: { key: `key ${at % 4}`, at, count: 1, loaded: () => gate } });
  expect(group.size).toBe(LIMITS.heldMax);
  open(1);
  await eventually(() => sent.reduce((sum, { count }) => sum + count, 0) === 100);
  expect(sent).toHaveLength(LIMITS.heldMax + 4);
  for (const key of ['key 0', 'key 1', 'key 2', 'key 3']) {
    const times = sent.filter((use) => use.key === key).map(({ at }) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times.at(-1)).toBe(96 + Number(key.slice(-1)));
  }
});

test('is interrupted at a change that could not be read, so that resuming after the last cursor delivers it', async () => {
  const document = parse('subscription { used { key loaded } }');
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation');
  const required = buildSchema(`
    type Query { nothing: Int }
    type Subscription { used: Used! }
    type Used { key: ID! loaded: Int! }
  `);
  const subscription = { document, operation, variables: {} };
  const silent = { warn: () => {}, error: () => {} };
  const context = () => ({ client: { id: 'client' }, log: silent }) as unknown as GraphQLContext;
  const group = new SharedExecution(required, subscription, 1_000_000, context);
  let give: (event: Use) => void = () => {};
  let hasLeft = false;
  const source: Source<Use> = {
    organizationId: 'org',
    permission: 'api.key.view',
    conflate: null,
    cursorOf: ({ used }) => used.key,
    open: async ({ receive }) => {
      give = receive;
      return () => {
        hasLeft = true;
      };
    },
  };
  const sent: (string | null)[] = [];
  const ends: unknown[] = [];
  const sink: Sink = {
    next: (_result, cursor) => sent.push(cursor),
    error: (errors) => ends.push(errors.map(({ extensions }) => extensions?.code)),
    interrupt: () => ends.push('interrupted'),
    buffered: 0,
    drained: () => turn(),
  };
  const options = { operation: subscription, group, sink, limits: LIMITS, ended: () => {} };
  const subscriber = new Subscriber({ ...options, source: source as unknown as Source });
  await subscriber.open(source as unknown as Source);
  const change = (key: string, loaded: () => Promise<number>) =>
    give({ used: { key, at: 0, count: 1, loaded } });
  change('1', async () => 1);
  change('2', async () => {
    throw new UnavailableError('The database is temporarily unavailable', 1);
  });
  change('3', async () => 3);
  await eventually(() => group.size === 0);
  expect(sent).toEqual(['1']);
  expect(ends).toEqual(['interrupted']);
  expect(hasLeft).toBe(true);
});

test('is interrupted where its source fails because the database is unavailable, and fails for any other reason', async () => {
  const document = parse('subscription { used { key } }');
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation');
  const subscription = { document, operation, variables: {} };
  const group = new SharedExecution(schema, subscription, 1_000_000, () => ({}) as GraphQLContext);
  const ends: unknown[] = [];
  const sink: Sink = {
    next: () => {},
    error: (errors) => ends.push(errors.map(({ extensions }) => extensions?.code)),
    interrupt: () => ends.push('interrupted'),
    buffered: 0,
    drained: () => turn(),
  };
  for (const error of [new UnavailableError('The database is away'), new AppError('TOO_SLOW', 'Too slow')]) {
    const source = {
      organizationId: 'org',
      permission: 'api.key.view',
      conflate: null,
      cursorOf: () => null,
      open: async ({ failed }: Receiver<object>) => {
        failed(error);
        return () => {};
      },
    };
    const options = { operation: subscription, group, sink, limits: LIMITS, ended: () => {} };
    await new Subscriber({ ...options, source }).open(source);
  }
  expect(ends).toEqual(['interrupted', ['TOO_SLOW']]);
});
