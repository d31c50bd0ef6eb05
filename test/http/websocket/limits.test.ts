import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/core/config/config.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED } from '../../support/live.ts';
import { areLive, connectLive, openLiveSocket } from '../../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

onEachDatabase('one caller', (engine) => {
  const server = serverOn(engine, { liveLimits: { operations: 3, perCaller: 3 } });

  test('has so many operations at a time on a socket, and no more', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const running = [1, 2, 3].map(() => socket.subscribe(CHANGED));
    await areLive(server(), 3);
    const refused = socket.subscribe(CHANGED);
    expect(await refused.failed()).toBe('RATE_LIMITED');
    expect(refused.errors?.[0]?.message).toContain('3');
    running[0]?.complete();
    await areLive(server(), 2);
    const next = socket.subscribe(CHANGED);
    await areLive(server(), 3);
    await makeApiKey(server(), organizationId);
    await next.received(1);
  });

  test('gains nothing by giving up what it has started: that runs on, and counts as long', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const started = Array.from({ length: 50 }, (_, n) => {
      const create = `mutation { createApiKey(input: { name: "${n}" }) { __typename } }`;
      const mutation = socket.subscribe(create);
      mutation.complete();
      return mutation;
    });
    const created = async () =>
      server()
        .services.db.selectFrom('api_keys')
        .select('id')
        .where('organization_id', '=', organizationId)
        .execute();
    const refused = () =>
      started.filter(({ errors }) => errors?.[0]?.extensions.code === 'RATE_LIMITED').length;
    await eventually(async () => (await created()).length + refused() === 50);
    // On SQLite each of them has ended before the next message is read.
    if (engine === 'postgres') expect(refused()).toBeGreaterThan(0);
    // Given up early, as user interfaces do, it may start as many again.
    const usual = [1, 2, 3].map(() => socket.subscribe(CHANGED));
    for (const one of usual) one.complete();
    for (let n = 0; n < 3; n += 1) usual.push(socket.subscribe(CHANGED));
    await areLive(server(), 3);
    expect(usual.map(({ errors }) => errors)).toEqual(usual.map(() => undefined));
  });

  test('has so many sockets, whatever it opens them with, and others have theirs', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const open = [];
    for (let n = 0; n < 3; n += 1) open.push(await connectLive(server(), sessionToken));
    const refused = await openLiveSocket(server());
    refused.send({ type: 'connection_init', payload: { authorization: `Bearer ${sessionToken}` } });
    expect(await refused.closed).toEqual({ code: 1013, reason: 'Too many connections of this caller' });
    await connectLive(server(), (await makeMember(server(), { organizationId })).sessionToken);
    const key = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    await connectLive(server(), key.secret);
    await open.pop()?.close();
    const again = await openLiveSocket(server());
    again.send({ type: 'connection_init', payload: { authorization: `Bearer ${sessionToken}` } });
    await eventually(() => again.messages.some(({ type }) => type === 'connection_ack'));
  });
});

describe('a document over a socket', () => {
  const server = serverOn('sqlite');

  const documents = {
    'nested too deeply': `{ viewer ${'{ organizations { nodes '.repeat(20)} { id } ${'} }'.repeat(20)} }`,
    'with too many tokens': `{ viewer { ${'__typename '.repeat(5_000)} } }`,
    'that is too long': `{ viewer { __typename } } #${'x'.repeat(50_001)}`,
    'that can return too much':
      '{ organization { apiKeys(first: 100) { nodes { auditLog(first: 100) { nodes { id } } } } } }',
    'of a subscription that can return too much':
      'subscription { apiKeyChanged { apiKey { auditLog(first: 100) { nodes { actor { ... on ApiKey { auditLog(first: 100) { nodes { id } } } } } } } } }',
    'that introspects itself in circles': `{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }`,
  };

  test.each(Object.entries(documents))('%s is refused as over HTTP', async (_what, query) => {
    const { sessionToken: token } = await makeMember(server());
    const { errors } = await ask(server(), query, { token });
    const socket = await connectLive(server(), token);
    const operation = socket.subscribe(query);
    expect(await operation.failed()).toBe(errors[0]?.extensions.code);
    expect(operation.errors?.map(({ message }) => message)).toEqual(errors.map(({ message }) => message));
  });
});

describe('a quiet client', () => {
  const server = serverOn('sqlite', { liveLimits: { pingIntervalMs: 100 } });

  test('stays as long as it answers pings', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    let pings = 0;
    socket.socket.on('ping', () => {
      pings += 1;
    });
    const changes = socket.subscribe(CHANGED);
    await eventually(() => pings >= 5);
    await makeApiKey(server(), organizationId);
    await changes.received(1);
  });

  test('that answers none is dropped, and its place is free again', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    await areLive(server(), 0);
    expect(server().app.liveServer.sockets.size).toBe(1);
    socket.socket.pause();
    await eventually(() => server().app.liveServer.sockets.size === 0);
    expect(server().app.liveServer.subscriptions.counts.callers).toBe(0);
  });
});

describe('the limits', () => {
  test('come from the environment, and have defaults', () => {
    expect(parseConfig({}).live).toEqual({
      operations: 100,
      perCaller: 1_000,
      documentsPerCaller: 100,
      costPerCaller: 20_000,
      documentsPerOrganization: 1_000,
      costPerOrganization: 100_000,
      messagesPerSecond: 200,
      pendingPerAddress: 1_000,
      messageBytes: 131_072,
      initTimeoutMs: 10_000,
      pingIntervalMs: 25_000,
      verifiersPerOrganization: 1_000,
      bufferedMax: 1_048_576,
      conflateFrom: 65_536,
      heldMax: 1_000,
    });
    const given = {
      LIVE_OPERATIONS_PER_SOCKET: '7',
      LIVE_SOCKETS_PER_CALLER: '8',
      LIVE_DOCUMENTS_PER_CALLER: '9',
      LIVE_COST_PER_CALLER: '10',
      LIVE_DOCUMENTS_PER_ORGANIZATION: '11',
      LIVE_COST_PER_ORGANIZATION: '12',
      LIVE_MESSAGES_PER_SECOND: '13',
      LIVE_PENDING_PER_ADDRESS: '14',
      LIVE_MESSAGE_BYTES: '2048',
      LIVE_INIT_TIMEOUT_MS: '100',
      LIVE_PING_INTERVAL_MS: '5000',
      LIVE_BUFFER_BYTES: '16384',
      VERIFIERS_PER_ORGANIZATION: '15',
    };
    expect(parseConfig(given).live).toEqual({
      operations: 7,
      perCaller: 8,
      documentsPerCaller: 9,
      costPerCaller: 10,
      documentsPerOrganization: 11,
      costPerOrganization: 12,
      messagesPerSecond: 13,
      pendingPerAddress: 14,
      messageBytes: 2_048,
      initTimeoutMs: 100,
      pingIntervalMs: 5_000,
      verifiersPerOrganization: 15,
      bufferedMax: 16_384,
      conflateFrom: 16_384,
      heldMax: 1_000,
    });
  });

  test.each([
    'LIVE_OPERATIONS_PER_SOCKET',
    'LIVE_BUFFER_BYTES',
    'LIVE_INIT_TIMEOUT_MS',
    'AUDIT_RETENTION_DAYS',
  ])('stop the start where %s does not parse', (name) => {
    for (const value of ['0', '-1', 'many', '1e3', '99999999999'])
      expect(() => parseConfig({ [name]: value })).toThrow(`${name} must be a whole number`);
  });
});
