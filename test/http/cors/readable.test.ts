import { expect, test } from 'vitest';
import { createTestDatabaseUrl, onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { ask, makeApiKey, makeMember, serverOn, startTestServer } from '../../support/server.ts';
import { openProxy } from '../../support/tcp-proxy.ts';
import { eventually } from '../../support/wait.ts';
import { allow, preflight, readerOf } from './pages.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const ADMIN = 'https://admin.example.com';
const QUERY = '{ viewer { permissions } }';

onEachDatabase('a response to a page of another origin', (engine) => {
  const server = serverOn(engine);

  async function organization(...origins: string[]) {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, ...origins);
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['*'] });
    return { organizationId, secret };
  }

  test('can be read if it fails, as long as anyone allows the origin', async () => {
    const { secret } = await organization(APP);
    const invalid = `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`;
    const unauthenticated = await ask(server(), QUERY, { headers: { Origin: APP } });
    expect([unauthenticated.status, readerOf(unauthenticated)]).toEqual([401, APP]);
    const answer = await ask(server(), QUERY, { token: invalid, headers: { Origin: APP } });
    expect([answer.status, readerOf(answer)]).toEqual([401, APP]);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    const nobody = await ask(server(), QUERY, {
      token: invalid,
      headers: { Origin: 'https://evil.example' },
    });
    expect([nobody.status, readerOf(nobody)]).toEqual([401, null]);
    for (const [init, status] of [
      [{ method: 'PUT' }, 405],
      [{ method: 'POST', body: '{}', headers: { 'Content-Type': 'text/plain' } }, 415],
    ] as const) {
      const headers = { Origin: APP, ...('headers' in init ? init.headers : {}) };
      const response = await fetch(`${server().url}/graphql`, { ...init, headers });
      expect([response.status, readerOf(response)]).toEqual([status, status === 405 ? null : APP]);
    }
  });

  test('can be read as an event stream', async () => {
    const { secret } = await organization(APP);
    const query = 'subscription { apiKeyChanged { __typename } }';
    const stream = await openEventSource(server(), query, { token: secret, headers: { Origin: APP } });
    expect([stream.status, readerOf(stream)]).toEqual([200, APP]);
    stream.leave();
    const rejected = await openEventSource(server(), query, { token: secret, headers: { Origin: OTHER } });
    expect([rejected.status, readerOf(rejected)]).toEqual([200, null]);
    await rejected.ended;
    expect(rejected.events[0]?.data).toContain('"code":"FORBIDDEN"');
  });

  test('ends its event stream when the origin is removed', async () => {
    const { secret, organizationId } = await organization(APP);
    const query = 'subscription { apiKeyChanged { __typename } }';
    const stream = await openEventSource(server(), query, { token: secret, headers: { Origin: APP } });
    await eventually(() => stream.comments() > 0);
    await allow(server(), organizationId, OTHER);
    await stream.ended;
    expect(stream.events.find(({ event }) => event === 'next')?.data).toContain('"FORBIDDEN"');
  });

  test('says with 429 and its headers when too much was asked for', async () => {
    const { secret } = await organization(APP);
    const limited = await startTestServer(engine, {
      config: { verifyFailuresPerMinute: 1, corsOrigins: [ADMIN] },
    });
    try {
      const options = { token: `${secret}x`, headers: { Origin: ADMIN } };
      await ask(limited, '{ __typename }', options);
      const answer = await ask(limited, '{ __typename }', options);
      expect([answer.status, readerOf(answer)]).toEqual([429, ADMIN]);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    } finally {
      await limited.close();
    }
  });
});

test('a page can read that the database is away, as long as its origin is remembered', async () => {
  const { url: databaseUrl, drop } = await createTestDatabaseUrl('postgres');
  const way = await openProxy(Number(new URL(databaseUrl).port || 5432));
  const server = await startTestServer('postgres', { databaseUrl: way.through(databaseUrl) });
  try {
    const { organizationId, sessionToken } = await makeMember(server);
    await allow(server, organizationId, APP);
    expect(readerOf(await preflight(server, APP))).toBe(APP);
    way.cut();
    server.clock.advance(60_000);
    const answer = await ask(server, QUERY, { token: sessionToken, headers: { Origin: APP } });
    expect([answer.status, readerOf(answer)]).toEqual([503, APP]);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    const nobody = await ask(server, QUERY, { token: sessionToken, headers: { Origin: OTHER } });
    expect([nobody.status, readerOf(nobody)]).toEqual([503, null]);
    way.mend();
  } finally {
    await server.close();
    await drop();
  }
});
