import { describe, expect, test } from 'vitest';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { startNodes } from '../cluster/nodes.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone, present, USED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn, type TestServer } from '../support/server.ts';

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
