import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Durations } from '../../src/http/ops/durations.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { startNodes } from '../cluster/nodes.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone, present, USED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn, type TestServer } from '../support/server.ts';
import { holdingVerifier, openVerifier } from '../support/verifier.ts';

async function scrape({ url }: { readonly url: string }): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

onEachDatabase('/metrics', (engine) => {
  const quiet = serverOn(engine);
  const server = serverOn(engine, { config: { metrics: true, usageFlushMs: 60_000 } });

  test('is not there unless it is wanted', async () => {
    expect((await fetch(`${quiet().url}/metrics`)).status).toBe(404);
  });

  test('counts verifications by code, and where keys were found', async () => {
    const member = await makeMember(server());
    const { secret } = await makeApiKey(server(), member.organizationId);
    for (let time = 0; time < 5; time += 1) await present(server(), secret);
    await present(server(), 'no key');
    const headers = { Authorization: `Bearer ${secret}` };
    expect((await fetch(`${server().url}/verify?team=x`, { headers })).status).not.toBe(200);
    expect((await fetch(`${server().url}/verify`, { headers })).status).toBe(200);
    const metrics = await scrape(server());
    expect(metrics.get('keywright_verifications_total{code="VALID"}')).toBe(6);
    expect(metrics.get('keywright_verifications_total{code="MALFORMED"}')).toBe(1);
    expect(metrics.get('keywright_lookups_total{from="database"}')).toBeGreaterThan(0);
    expect(metrics.get('keywright_lookups_total{from="memory"}')).toBeGreaterThan(0);
    expect(metrics.get('keywright_usage_waiting_seconds')).toBeGreaterThan(0);
    await server().services.usage.flush();
    expect((await scrape(server())).get('keywright_usage_waiting_seconds')).toBe(0);
  });

  test('shows who is subscribed, and how long changes take to be known', async () => {
    const member = await makeMember(server());
    const { id } = await makeApiKey(server(), member.organizationId);
    const socket = await connectLive(server(), member.sessionToken);
    socket.subscribe(USED);
    await areLive(server(), 1);
    await revokeApiKey(anyone(server()), { id });
    const metrics = await scrape(server());
    expect(metrics.get('keywright_subscriptions')).toBe(1);
    expect(metrics.get('keywright_sockets')).toBe(1);
    expect(metrics.get('keywright_propagation_seconds_count')).toBe(1);
    expect(metrics.get('keywright_propagation_unconfirmed_total')).toBe(0);
    expect(metrics.get('keywright_node_current')).toBe(engine === 'sqlite' ? undefined : 1);
  });

  test('shows the verifiers that are connected', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const limit = { limit: 5, windowSeconds: 60 };
    const key = await makeApiKey(server(), organizationId, { rateLimit: limit });
    const verifier = await holdingVerifier(server(), secret, key.secret);
    await openVerifier(server(), secret);
    await verifier.want(key.secret, 2);
    await revokeApiKey(anyone(server()), { id: key.id });
    const metrics = await scrape(server());
    const shown = (name: string) => metrics.get(`keywright_${name}`);
    expect([shown('verifiers{current="1"}'), shown('verifiers{current="0"}')]).toEqual([1, 1]);
    expect([shown('verifier_slices'), shown('verifier_lookups_total')]).toEqual([1, 1]);
    expect(shown('verifier_acknowledgment_seconds_count')).toBeGreaterThan(0);
    expect(shown('verifier_deadlines_missed_total')).toBe(0);
  });
});

onEachDatabase('/metrics of operations and verifications', (engine) => {
  const server = serverOn(engine, { config: { metrics: true } });
  /** Differences of samples while this is done. */
  async function during(work: () => Promise<unknown>): Promise<(name: string) => number> {
    const before = await scrape(server());
    await work();
    const after = await scrape(server());
    return (name) => (after.get(name) ?? Number.NaN) - (before.get(name) ?? 0);
  }

  test('is a gauge of the version, and complete histograms from the start', async () => {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    expect(text).toMatch(/# TYPE keywright_build_info gauge\nkeywright_build_info\{version="[^"]+"\} 1\n/);
    for (const name of ['graphql_request', 'verification'])
      expect(text).toContain(`# TYPE keywright_${name}_seconds histogram`);
    expect(text).toContain(
      'keywright_verification_seconds_bucket{door="verify",result="failed",le="+Inf"} 0',
    );
    expect(text).toContain('keywright_graphql_requests_total{type="subscription"} 0');
  });

  test('counts operations by type over HTTP and WebSockets, and errors by code', async () => {
    const { sessionToken: token } = await makeMember(server());
    const socket = await connectLive(server(), token);
    const grown = await during(async () => {
      await ask(server(), 'query NameOfMyOwn { viewer { id } }', { token });
      await ask(server(), 'mutation { deleteTeam(input: { id: "team_none" }) { __typename } }', { token });
      await ask(server(), '{ nothingLikeIt }', { token });
      await ask(server(), '{ a(', { token });
      await ask(server(), '{ viewer { id } }');
      await ask(server(), '{ viewer { id } }', { token: 'sess_unknown' });
      await socket.subscribe('{ viewer { id } }').received(1);
      await socket.subscribe('{ apiKeys(organizationId: "org_none") { totalCount } }').received(1);
      socket.subscribe(USED);
      await areLive(server(), 1);
    });
    await socket.close();
    const counts = (type: string) => [
      grown(`keywright_graphql_requests_total{type="${type}"}`),
      grown(`keywright_graphql_request_seconds_count{type="${type}"}`),
      grown(`keywright_graphql_request_seconds_bucket{type="${type}",le="+Inf"}`),
    ];
    expect(counts('query')).toEqual([4, 4, 4]);
    expect(counts('mutation')).toEqual([1, 1, 1]);
    expect(counts('subscription')).toEqual([1, 1, 1]);
    expect(counts('rejected')).toEqual([2, 2, 2]);
    expect(grown('keywright_graphql_request_seconds_sum{type="query"}')).toBeGreaterThan(0);
    expect(grown('keywright_graphql_errors_total{code="BAD_REQUEST"}')).toBe(2);
    expect(grown('keywright_graphql_errors_total{code="UNAUTHENTICATED"}')).toBe(2);
    expect(grown('keywright_graphql_errors_total{code="NOT_FOUND"}')).toBe(1);
    expect([...(await scrape(server())).keys()].join()).not.toContain('NameOfMyOwn');
  });

  test('measures verifications by door and result', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    const headers = { Authorization: `Bearer ${token}` };
    const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
    const grown = await during(async () => {
      for (const path of ['/verify', '/verify?environment=test'])
        await fetch(`${server().url}${path}`, { headers: { 'X-API-Key': secret } });
      for (const key of [secret, secret, 'none']) await ask(server(), verify, { token, variables: { key } });
      for (const key of [secret, 'none', 'none']) {
        const body = new URLSearchParams({ token: key });
        await fetch(`${server().url}/introspect`, { method: 'POST', headers, body });
      }
    });
    const count = (door: string, result: string) =>
      grown(`keywright_verification_seconds_count{door="${door}",result="${result}"}`);
    expect([count('verify', 'accepted'), count('verify', 'denied')]).toEqual([1, 1]);
    expect([count('graphql', 'accepted'), count('graphql', 'denied')]).toEqual([2, 1]);
    expect([count('introspect', 'accepted'), count('introspect', 'denied')]).toEqual([1, 2]);
    expect(count('verify', 'failed') + count('graphql', 'failed')).toBe(0);
  });

  test('counts a verification that can’t be decided as failed', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    const { db } = server().services;
    await db.schema.alterTable('api_key_secrets').renameTo('secrets_away').execute();
    onTestFinished(() => db.schema.alterTable('secrets_away').renameTo('api_key_secrets').execute());
    const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
    const grown = await during(async () => {
      const { status } = await fetch(`${server().url}/verify`, { headers: { 'X-API-Key': secret } });
      expect(status).toBe(503);
      const { data } = await ask(server(), verify, { token, variables: { key: secret } });
      expect(data.verifyApiKey).toBeNull();
    });
    expect(grown('keywright_verification_seconds_count{door="graphql",result="failed"}')).toBe(1);
    expect(grown('keywright_verification_seconds_count{door="verify",result="failed"}')).toBe(1);
  });
});

test('a histogram counts each observation in the first bucket that holds it and all above', async () => {
  const registry = new Registry();
  const durations = new Durations(registry, { name: 'a_seconds', help: 'A', bounds: [0.1, 1] });
  const one = durations.series({ type: 'one' });
  const two = durations.series({ type: 'two' });
  for (const seconds of [0.05, 0.1, 0.5, 7]) one(seconds);
  two(1);
  expect((await registry.metrics()).split('\n').filter((line) => line.includes('one'))).toEqual([
    'a_seconds_bucket{type="one",le="0.1"} 2',
    'a_seconds_bucket{type="one",le="1"} 3',
    'a_seconds_bucket{type="one",le="+Inf"} 4',
    'a_seconds_sum{type="one"} 7.65',
    'a_seconds_count{type="one"} 4',
  ]);
  expect(durations.totals('type')).toEqual({ one: 4, two: 1 });
});

describe('/metrics of several nodes', () => {
  test('shows how they hear each other', async () => {
    const nodes = await startNodes(2, { config: { metrics: true } });
    const [one] = nodes as [TestServer, TestServer];
    const { organizationId } = await makeMember(one);
    const { id } = await makeApiKey(one, organizationId);
    await revokeApiKey(anyone(one), { id });
    const metrics = await scrape(one);
    expect(metrics.get('keywright_nodes')).toBe(2);
    expect(metrics.get('keywright_node_connected')).toBe(1);
    expect(metrics.get('keywright_bus_round_trip_seconds')).toBeGreaterThan(0);
    expect(metrics.get('keywright_bus_connections_lost_total')).toBe(0);
    expect(metrics.get('keywright_propagation_seconds_count')).toBe(1);
  });
});
