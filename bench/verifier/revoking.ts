import { makeToken } from '../cluster/nodes.ts';
import { createKeys, type Key, Owner } from '../cluster/owner.ts';
import type { Values } from '../measurements.ts';
import { Program } from '../processes.ts';
import { now } from '../rpc.ts';
import type { Bench } from './scenarios.ts';
import { type Serving, serve } from './serving.ts';

const SERVERS = 2;
const VERIFIERS = 10;
const WARM_UP = 20;

const VERIFY_KEY = `mutation ($organizationId: ID!) {
  createApiKey(input: { name: "Verifier", organizationId: $organizationId, grants: ["api.key.verify"] }) {
    ... on CreateApiKeyPayload { secret }
  }
}`;

/**
 * Two servers on PostgreSQL and ten verifiers: from the commit of a revocation to each `onInvalid`, and to the response
 * that waits for all of them, milliseconds.
 */
export async function revokedEverywhere(bench: Bench, url: string, revocations: number): Promise<Values> {
  const token = makeToken(url);
  const servers: Serving[] = [];
  const programs: Program[] = [];
  const owners: Owner[] = [];
  try {
    for (let index = 0; index < SERVERS; index += 1) servers.push(await serve(url, 0));
    const founder = new Owner(servers[0]?.url ?? '', token, '');
    const organizationId = await founder.found();
    founder.close();
    owners.push(...servers.map((server) => new Owner(server.url, token, organizationId)));
    const keys = await createKeys(owners, revocations + WARM_UP);
    for (let index = 0; index < VERIFIERS; index += 1) {
      const server = servers[index % SERVERS];
      const program = new Program(bench.programs, 'embedded');
      programs.push(program);
      await program.ask('connect', {
        url: server?.url,
        token: await verifierKey(server, token, organizationId),
      });
      await program.ask('watch', { keys });
    }
    const committed = await revokeAll(owners, keys);
    const ids = keys.slice(WARM_UP).map(({ id }) => id);
    const delays: number[] = [];
    for (const program of programs)
      for (const [id, at] of await program.ask<[string, number][]>('notified', { ids }))
        delays.push(at - (committed.at.get(id) ?? Number.NaN));
    for (const program of programs) await program.ask('stop');
    const confirmed = committed.confirmed / ids.length;
    return { ...quantiles('', delays), ...quantiles('answer ', committed.waits), confirmed };
  } finally {
    for (const owner of owners) owner.close();
    for (const program of programs) await program.end();
    for (const server of servers) await server.stop();
  }
}

interface Committed {
  /** When each revocation was committed, by the clock that all processes share. */
  readonly at: Map<string, number>;
  /** From each commit to the confirmation of all. */
  readonly waits: number[];
  /** Number of revocations that all servers and verifiers confirmed. */
  confirmed: number;
}

async function revokeAll(owners: readonly Owner[], keys: readonly Key[]): Promise<Committed> {
  const committed: Committed = { at: new Map(), waits: [], confirmed: 0 };
  for (const [index, { id }] of keys.entries()) {
    const owner = owners[index % owners.length] as Owner;
    const { milliseconds, confirmedNodes, totalNodes } = await owner.revoke(id);
    if (index < WARM_UP) continue;
    committed.at.set(id, now() - milliseconds);
    committed.waits.push(milliseconds);
    if (confirmedNodes === SERVERS + VERIFIERS && totalNodes === confirmedNodes) committed.confirmed += 1;
  }
  return committed;
}

async function verifierKey(
  server: Serving | undefined,
  token: string,
  organizationId: string,
): Promise<string> {
  const response = await fetch(`${server?.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: VERIFY_KEY, variables: { organizationId } }),
  });
  const { data } = (await response.json()) as { data: { createApiKey: { secret: string } } };
  return data.createApiKey.secret;
}

function quantiles(name: string, values: number[]): Values {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { [`${name}p50`]: at(0.5), [`${name}p99`]: at(0.99), [`${name}max`]: at(1) };
}
