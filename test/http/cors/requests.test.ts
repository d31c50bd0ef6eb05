import { describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { write } from '../../../src/command.ts';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { joinOrganization } from '../../../src/members/join-organization.ts';
import { onEachDatabase } from '../../support/databases.ts';
import {
  type Answer,
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
  type TestServer,
} from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';
import { openConnection } from '../../support/sockets.ts';
import { allow, preflight, readerOf } from './pages.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const ADMIN = 'https://admin.example.com';
const CREATE = 'mutation { createTeam(input: { name: "By a page" }) { __typename } }';
const TEAMS = 'query ($id: ID) { organization(id: $id) { teams { totalCount } } }';

onEachDatabase('a request from a page of another origin', (engine) => {
  const server = serverOn(engine, { config: { corsOrigins: [ADMIN] } });

  async function organization(...origins: string[]) {
    const member = await makeMember(server());
    await allow(server(), member.organizationId, ...origins);
    const { secret } = await makeApiKey(server(), member.organizationId, { grants: ['*'] });
    const teams = async (): Promise<number> => {
      const variables = { id: member.organizationId };
      const { data } = await ask(server(), TEAMS, { token: member.sessionToken, variables });
      return data.organization.teams.totalCount;
    };
    return { ...member, secret, teams };
  }

  const from = (origin: string, token: string, query = CREATE): Promise<Answer> =>
    ask(server(), query, { token, headers: { Origin: origin } });

  function expectRejected({ status, headers, data, errors }: Answer): void {
    expect([status, data, errors.map(({ extensions }) => extensions.code)]).toEqual([
      403,
      undefined,
      ['FORBIDDEN'],
    ]);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }

  test('runs, and can be read, if the organization of its key allows the origin', async () => {
    const { secret, teams } = await organization(APP);
    const answer = await from(APP, secret);
    expect([answer.status, readerOf(answer), answer.errors]).toEqual([200, APP, []]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-expose-headers')?.toLowerCase().split(', ')).toEqual(
      expect.arrayContaining([
        'retry-after',
        'ratelimit',
        'ratelimit-policy',
        'www-authenticate',
        'x-request-id',
      ]),
    );
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(await teams()).toBe(1);
  });

  test('does nothing with a key of an organization that does not allow the origin, though another does', async () => {
    const [ours, theirs] = [await organization(APP), await organization(OTHER)];
    for (const header of ['Authorization', 'X-API-Key']) {
      const value = header === 'Authorization' ? `Bearer ${ours.secret}` : ours.secret;
      const headers = { Origin: OTHER, [header]: value };
      expectRejected(await ask(server(), CREATE, { headers }));
    }
    expectRejected(await from(APP, theirs.secret));
    // The operator's list is for credentials that belong to no single organization.
    expectRejected(await from(ADMIN, ours.secret));
    expect([await ours.teams(), await theirs.teams()]).toEqual([0, 0]);
  });

  test.each([
    'null',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://app.example.com.',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'HTTPS://APP.EXAMPLE.COM',
    'https://app.example.com:443',
    `${APP}, ${APP}`,
  ])('does nothing if the origin is %s instead', async (origin) => {
    const { secret, sessionToken, teams } = await organization(APP);
    for (const token of [secret, sessionToken]) expectRejected(await from(origin, token));
    expect(await teams()).toBe(0);
  });

  test('does nothing with several Origin headers, or if the Host is the attacker’s too', async () => {
    const { secret, teams } = await organization(APP);
    for (const lines of [
      [`Origin: ${APP}`, 'Origin: https://evil.example'],
      ['Origin: https://evil.example', `Origin: ${APP}`],
      ['Origin: http://evil.example:4000'],
      ['Origin: http://evil.example:4000', `X-Forwarded-Host: ${new URL(server().url).host}`],
    ]) {
      const connection = await openConnection(server().url);
      const body = JSON.stringify({ query: CREATE });
      const head = ['POST /graphql HTTP/1.1', 'Host: evil.example:4000', 'Connection: close', ...lines];
      const more = [
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        `X-API-Key: ${secret}`,
      ];
      connection.send(`${[...head, ...more].join('\r\n')}\r\n\r\n${body}`);
      const answer = await connection.closed();
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).not.toMatch(/^access-control/im);
    }
    expect(await teams()).toBe(0);
  });

  test('runs for a session if all its organizations allow the origin, or CORS_ORIGINS does', async () => {
    const { sessionToken, email, organizationId } = await organization(APP);
    expect((await from(APP, sessionToken)).status).toBe(200);
    expect((await from(ADMIN, sessionToken)).status).toBe(200);
    const second = await organization(OTHER);
    await join(server(), second.organizationId, email);
    for (const origin of [APP, OTHER]) expectRejected(await from(origin, sessionToken));
    await allow(server(), second.organizationId, APP);
    expect((await from(APP, sessionToken, '{ __typename }')).status).toBe(200);
    await allow(server(), organizationId);
    expectRejected(await from(APP, sessionToken));
  });

  test('runs for an operator token only if CORS_ORIGINS allows the origin', async () => {
    await organization(APP);
    const token = await makeOperatorToken(server(), `page-${engine}`);
    expectRejected(await from(APP, token));
    const answer = await from(ADMIN, token, '{ __typename }');
    expect([answer.status, readerOf(answer)]).toEqual([200, ADMIN]);
  });

  test('runs as before for programs, and for pages of this server', async () => {
    const { secret, sessionToken } = await organization();
    for (const headers of [
      {},
      { Origin: server().url },
      { Origin: 'http://localhost:4000', 'Sec-Fetch-Site': 'same-origin' },
    ])
      for (const token of [secret, sessionToken]) {
        const answer = await ask(server(), '{ __typename }', { token, headers });
        expect([answer.status, readerOf(answer)]).toEqual([200, null]);
      }
  });

  test('never runs for a cookie, whether or not the origin is allowed', async () => {
    const { sessionToken, teams } = await organization(APP);
    for (const origin of [APP, ADMIN, OTHER, 'null'])
      for (const more of [{}, { 'X-Requested-With': 'keywright' }]) {
        const headers = { Origin: origin, Cookie: `${cookieName(server().url)}=${sessionToken}`, ...more };
        const answer = await ask(server(), CREATE, { headers });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
    expect(await teams()).toBe(0);
  });
});

describe('a change of the allowed origins', () => {
  test('is in force on all nodes once it is answered', async () => {
    const one = await startTestServer('postgres');
    const databaseUrl = one.services.config.databaseUrl;
    const two = await startTestServer('postgres', { databaseUrl });
    try {
      const { organizationId } = await makeMember(one);
      const { secret } = await makeApiKey(one, organizationId);
      const options = { token: secret, headers: { Origin: APP } };
      for (let time = 0; time < 3; time += 1) {
        await allow(one, organizationId, APP);
        expect(readerOf(await preflight(two, APP))).toBe(APP);
        expect((await ask(two, '{ __typename }', options)).status).toBe(200);
        await allow(one, organizationId);
        expect(readerOf(await preflight(two, APP))).toBeNull();
        expect((await ask(two, '{ __typename }', options)).status).toBe(403);
      }
    } finally {
      await two.close();
      await one.close();
    }
  });
});

/** Has a person join a second organization. */
async function join({ services }: TestServer, organizationId: string, email: string): Promise<void> {
  const { id: roleId } = await services.db
    .selectFrom('current_roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', 'owner')
    .executeTakeFirstOrThrow();
  await write(contextFor(services, systemPrincipal('test')), async (change) => {
    await change.lock(organizationId);
    await joinOrganization(change, { organizationId, email, name: null, roleId });
  });
}
