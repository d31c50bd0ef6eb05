import { expect, test } from 'vitest';
import { onEachDatabase } from '../../support/databases.ts';
import { makeMember, serverOn } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';
import { allow, preflight, readerOf } from './pages.ts';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';

onEachDatabase('a preflight', (engine) => {
  const server = serverOn(engine, { config: { corsOrigins: [ADMIN] } });

  test('of an origin that some organization allows, or CORS_ORIGINS, says what pages may send', async () => {
    const { organizationId } = await makeMember(server());
    await makeMember(server());
    await allow(server(), organizationId, APP);
    for (const origin of [APP, ADMIN]) {
      const response = await preflight(server(), origin);
      const { headers } = response;
      expect([response.status, await response.text(), readerOf(response)]).toEqual([204, '', origin]);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
      expect(headers.get('access-control-max-age')).toBe('3600');
      expect(headers.get('vary')).toBe('Origin');
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
      expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'x-api-key']));
      expect(allowed).not.toContain('cookie');
    }
    await allow(server(), organizationId);
    expect(readerOf(await preflight(server(), APP))).toBeNull();
  });

  test.each([
    'null',
    '*',
    'https://other.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://evil.example/https://app.example.com',
    'https://app.example.com/',
    'https://app.example.com@evil.example',
    'HTTPS://APP.EXAMPLE.COM',
    'https://App.example.com',
    'https://app.example.com:443',
    `${APP}, ${APP}`,
    `${APP} https://evil.example`,
    'app.example.com',
    `https://${'a'.repeat(5_000)}.example`,
    "https://app.example.com' or '1'='1",
  ])('of %s gets no answer that lets a page through', async (origin) => {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, APP);
    const response = await preflight(server(), origin);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('with several Origin headers gets none either, whatever the Host', async () => {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, APP);
    for (const lines of [
      [`Origin: ${APP}`, 'Origin: https://evil.example'],
      ['Origin: https://evil.example', `Origin: ${APP}`],
      [`Origin: ${APP}`, `Origin: ${APP}`],
      ['Origin: http://evil.example:4000'],
      ['Origin:'],
    ]) {
      const connection = await openConnection(server().url);
      const head = ['OPTIONS /graphql HTTP/1.1', 'Host: evil.example:4000', 'Connection: close', ...lines];
      connection.send(`${head.join('\r\n')}\r\nAccess-Control-Request-Method: POST\r\n\r\n`);
      const answer = await connection.closed();
      expect(answer).toMatch(/^HTTP\/1.1 204 /);
      expect(answer).not.toMatch(/^access-control/im);
    }
  });

  test('of the schema is answered the same way, and pages may read the schema', async () => {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, APP);
    const { status, headers } = await preflight(server(), APP, '/schema.graphql');
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
      204,
      APP,
      'Origin',
    ]);
    for (const [origin, reader] of [
      [APP, APP],
      ['https://evil.example', null],
    ] as const) {
      const schema = await fetch(`${server().url}/schema.graphql`, { headers: { Origin: origin } });
      expect([schema.status, readerOf(schema), schema.headers.get('vary')]).toEqual([200, reader, 'Origin']);
      expect(await schema.text()).toContain('type Query');
    }
  });

  test('is not answered where pages of other origins have no business', async () => {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, APP);
    for (const path of ['/healthz', '/readyz', '/sign-in', '/verify', '/'])
      expect(readerOf(await preflight(server(), APP, path))).toBeNull();
  });
});

onEachDatabase('a flood of preflights', (engine) => {
  const server = serverOn(engine);
  const reads = () => server().statements.filter((text) => text.includes('allowed_origins')).length;

  test('of random origins reads the database a few times, and delays no known origin', async () => {
    const { organizationId } = await makeMember(server());
    await allow(server(), organizationId, APP);
    expect(readerOf(await preflight(server(), APP))).toBe(APP);
    const before = reads();
    for (let round = 0; round < 3; round += 1) {
      const origins = Array.from({ length: 200 }, (_, index) => `https://${round}-${index}.evil.example`);
      const responses = await Promise.all(origins.map((origin) => preflight(server(), origin)));
      expect(responses.map(readerOf).filter(Boolean)).toEqual([]);
    }
    expect(reads() - before).toBeLessThan(30);
    const flooded = reads();
    for (let time = 0; time < 50; time += 1) {
      expect(readerOf(await preflight(server(), APP))).toBe(APP);
      expect(readerOf(await preflight(server(), 'https://2-7.evil.example'))).toBeNull();
      expect(readerOf(await preflight(server(), `nonsense-${time}`))).toBeNull();
    }
    expect(reads()).toBe(flooded);
  });

  test('does not keep an origin from being allowed, or forbidden, with the next request', async () => {
    const { organizationId } = await makeMember(server());
    for (let time = 0; time < 3; time += 1) {
      await allow(server(), organizationId, 'https://new.example');
      expect(readerOf(await preflight(server(), 'https://new.example'))).toBe('https://new.example');
      await allow(server(), organizationId);
      expect(readerOf(await preflight(server(), 'https://new.example'))).toBeNull();
    }
  });
});
