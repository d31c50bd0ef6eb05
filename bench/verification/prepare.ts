import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPeers, peersFolder } from '../install-peers.ts';
import type { Measurements } from '../measurements.ts';
import { buildPrograms, Program, type Programs } from '../processes.ts';
import type { Driven } from './client.ts';
import { graphql, QUERIES, type QueryName } from './requests.ts';
import { type Bench, databaseUrl, type Fixture, HOT_KEYS, withServer } from './scenarios.ts';
import type { Seeded } from './seed.ts';

async function createFixture(
  seeder: Program,
  folder: string,
  client: Program,
  { list, keys }: { list: string; keys: number },
): Promise<Fixture> {
  console.log(`Making ${keys.toLocaleString('en')} keys …`);
  const [path, secretsPath] = [join(folder, `${list}.db`), join(folder, `${list}.txt`)];
  const { caller } = await seeder.ask<Seeded>('seed', { path, keys, secrets: secretsPath });
  const secrets = await client.ask<number>('read', { list, path: secretsPath });
  await client.ask('read', { list: `${list}, own`, path: `${secretsPath}.own` });
  return { list, path, secrets, caller };
}

/** Keywright's responses, which every other server must match. */
async function answersOf(
  bench: Pick<Bench, 'programs' | 'measurements' | 'client' | 'large'>,
): Promise<Map<QueryName, object>> {
  const { large, client } = bench;
  return withServer(bench, { subject: 'Keywright', databaseUrl: databaseUrl(large) }, async ({ port }) => {
    const answers = new Map<QueryName, object>();
    for (const query of Object.keys(QUERIES) as QueryName[]) {
      const requests = graphql(query, large.caller, `${large.list}, own`, HOT_KEYS);
      let body = '';
      // The first response takes the longest.
      while (body === '')
        ({ body } = await client.ask<Driven>('drive', { port, requests, connections: 1, ms: 500 }));
      const answer = JSON.parse(body) as { data?: object; errors?: unknown };
      if (answer.errors || !answer.data) throw new Error(`${query} is answered ${body}`);
      answers.set(query, answer);
    }
    return answers;
  });
}

/** Everything that the measurements need. `remove` ends and deletes it. */
export async function prepare(
  measurements: Measurements,
  ms: number,
): Promise<{ bench: Bench; remove: () => Promise<void> }> {
  installPeers();
  const files = { server: 'bench/verification/server.ts', client: 'bench/verification/client.ts' };
  const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
  const made: Programs[] = [];
  const running: Program[] = [];
  const remove = async (): Promise<void> => {
    for (const program of running) await program.end();
    for (const programs of made) programs.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const programs = await buildPrograms({ files });
    made.push(programs);
    const peers = await buildPrograms({
      files: { peer: 'bench/verification/peer.ts' },
      modules: 'bench/peers/node_modules',
      // The only copy that mercurius uses.
      external: ['graphql'],
    });
    made.push(peers);
    const [client, other, seeder] = [
      new Program(programs, 'client'),
      new Program(programs, 'client'),
      new Program(programs, 'server'),
    ];
    running.push(client, other, seeder);
    const large = await createFixture(seeder, folder, client, { list: 'large', keys: 1_000_000 });
    const medium = await createFixture(seeder, folder, client, { list: 'medium', keys: 100_000 });
    const small = await createFixture(seeder, folder, client, { list: 'small', keys: 1_000 });
    await other.ask('read', { list: 'large', path: join(folder, 'large.txt') });
    await seeder.end();
    const answers = await answersOf({ programs, measurements, client, large });
    const worlds = { large, medium, small };
    const bench: Bench = {
      ...{ programs, peers, peersFolder, folder, client, other, answers, ms, measurements },
      ...worlds,
    };
    return { bench, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
