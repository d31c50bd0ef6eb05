import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, finish, readyAt, run, start } from './run.ts';

async function graphql<T>(url: string, query: string, token?: string): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: T }).data;
}

const VIEWER = '{ viewer { organizations { nodes { id name } } } }';

interface Viewer {
  readonly viewer: { readonly organizations: { readonly nodes: { id: string; name: string }[] } };
}

onEachDatabase('serve', (engine) => {
  test('on an empty database prints a link to sign in by, then that it is ready', async () => {
    const { env } = await databaseFor(engine, { empty: true });
    const first = start(env, 'serve', '--port', '0');
    const url = await readyAt(first);
    const [linkLine, readyLine, ...rest] = first.stdout().split('\n');
    expect(readyLine).toBe(`Keywright is ready at ${url}`);
    expect(rest).toEqual(['']);
    const link = /^Sign in within 15 minutes: (\S+)#token=([\w-]{43})$/.exec(linkLine ?? '');
    expect(link?.[1]).toBe(`${url}/sign-in`);
    const { signIn } = await graphql<{ signIn: { sessionToken: string } }>(
      url,
      `mutation { signIn(input: { token: "${link?.[2]}" }) { ... on SignInPayload { sessionToken } } }`,
    );
    const { viewer } = await graphql<Viewer>(url, VIEWER, signIn.sessionToken);
    expect(viewer.organizations.nodes.map((node) => node.name)).toEqual(['Default']);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = start(env, 'serve', '--port', '0');
    const again = await readyAt(second);
    const { port } = new URL(again);
    expect((await run({ ...env, PORT: port }, 'sign-in-link')).stdout).toContain(`${again}/sign-in#token=`);
    second.process.kill('SIGINT');
    const { code, stdout, stderr } = await finish(second);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^To get a sign-in link, run PORT=${port} keywright sign-in-link\\nKeywright is ready at ${again}\\n$`,
      ),
    );
    expect(`${first.stderr()}${stderr}`).not.toContain(link?.[2]);
    expect(`${first.stderr()}${stderr}`).not.toContain(signIn.sessionToken);
  });

  test('goes on while init and operator-tokens work beside it', async () => {
    const { env } = await databaseFor(engine);
    const server = start(env, 'serve', '--port', '0', '--host', '127.0.0.1');
    const url = await readyAt(server);
    const { code, stdout, stderr } = await finish(
      start(env, 'init', '--organization', 'Acme', '--email', 'ada@example.com', '--json'),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { organizationId, sessionToken } = JSON.parse(stdout) as Record<string, string>;
    const { viewer } = await graphql<Viewer>(url, VIEWER, sessionToken);
    expect(viewer.organizations.nodes).toEqual([{ id: organizationId, name: 'Acme' }]);

    const created = await finish(start(env, 'operator-tokens', 'create', 'ci'));
    const token = created.stdout.trim();
    const all = await graphql<Viewer>(url, VIEWER, token);
    expect(all.viewer.organizations.nodes.map((node) => node.name)).toEqual(['Default', 'Acme']);
    await run(env, 'operator-tokens', 'revoke', 'ci');
    const refused = await fetch(`${url}/graphql?query={viewer{__typename}}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(refused.status).toBe(401);
  });
});

test('serve lets of two that start at once only one make the first organization', async () => {
  const { env, open } = await databaseFor('postgres', { empty: true });
  const servers = [start(env, 'serve', '--port', '0'), start(env, 'serve', '--port', '0')];
  for (const server of servers) await readyAt(server);
  const links = servers.filter((server) => server.stdout().includes('Sign in within'));
  expect(links).toHaveLength(1);
  const { kysely: db } = await open();
  expect(await db.selectFrom('organizations').select('slug').execute()).toEqual([{ slug: 'default' }]);
});

test('serve says why it can’t have its port, and exits 1', async () => {
  const { env } = await databaseFor('sqlite');
  const listeners = process.listenerCount('SIGTERM');
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stdout, stderr } = await run(
    { ...env, LOG_LEVEL: 'silent' },
    'serve',
    '--port',
    String(port),
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^PORT: another program is listening on port ${port} .*\\n$`));
  expect(process.listenerCount('SIGTERM')).toBe(listeners);
});
