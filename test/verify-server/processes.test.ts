import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { databaseFor, finish, start } from '../cli/run.ts';
import { onEachDatabase } from '../support/databases.ts';
import { randomOfTest } from '../support/properties.ts';
import { startServer } from '../support/serve.ts';
import { ask } from '../support/server.ts';
import {
  gatewayTo,
  isRunning,
  newKey,
  revokeKey,
  startVerifying,
  verifyingServer,
} from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

const KEYS = 60;

onEachDatabase('verification processes', (engine) => {
  test('serve /verify and probes, and nothing else', async () => {
    const { url, verifyUrl, token } = await verifyingServer(engine);
    const { secret } = await newKey({ url }, token);
    const { verify } = gatewayTo(verifyUrl);
    expect((await verify(secret)).status).toBe(200);
    expect((await verify(`${secret}x`)).status).toBe(401);
    for (const path of ['/healthz', '/readyz', '/readyz?scope=verify'])
      expect((await fetch(`${verifyUrl}${path}`)).status, path).toBe(200);
    for (const path of ['/', '/graphql', '/introspect', '/metrics', '/schema.graphql', '/sign-in'])
      expect((await fetch(`${verifyUrl}${path}`)).status, path).toBe(404);
  });

  test('are listed as verifiers of every organization', async () => {
    const { url, verifyUrl, token } = await verifyingServer(engine, { VERIFY_WORKERS: '2' });
    const { id, secret } = await newKey({ url }, token);
    const { verify } = gatewayTo(verifyUrl);
    expect((await verify(secret)).status).toBe(200);
    const query = `query ($id: ID!) { apiKey(id: $id) { organization { verifiers {
      kind name connectedAt cachedKeys current } } } }`;
    const verifiers = await eventually(async () => {
      const { data } = await ask({ url }, query, { token, variables: { id } });
      const listed: { cachedKeys: number }[] = data.apiKey.organization.verifiers;
      return listed.length === 2 && listed.some(({ cachedKeys }) => cachedKeys > 0) && listed;
    });
    // Only operators see the names of hosts.
    for (const one of verifiers) expect(one).toMatchObject({ kind: 'PROCESS', name: null, current: true });
  });

  for (const workers of [1, 2])
    test(`reject a key as soon as its revocation is answered, with ${workers} of them`, async () => {
      const random = randomOfTest(16 + workers);
      const { url, verifyUrl, token } = await verifyingServer(engine, { VERIFY_WORKERS: String(workers) });
      const { verify } = gatewayTo(verifyUrl, 8);
      const keys: Awaited<ReturnType<typeof newKey>>[] = [];
      while (keys.length < KEYS) keys.push(await newKey({ url }, token));
      const counted = new Set<string>();
      const revokeNext = async (): Promise<void> => {
        const [key] = keys.splice(Math.floor(random() * keys.length), 1);
        if (!key) return;
        // Cached by every process, or by some, or by none.
        const times = Math.floor(random() * 8);
        const before = await Promise.all(Array.from({ length: times }, () => verify(key.secret)));
        expect(before.every(({ status }) => status === 200)).toBe(true);
        const racing = Array.from({ length: times }, () => verify(key.secret));
        const { confirmedNodes, totalNodes } = await revokeKey({ url }, token, key.id);
        counted.add(`${confirmedNodes}/${totalNodes}`);
        const after = await Promise.all(Array.from({ length: 8 }, () => verify(key.secret)));
        expect(after.map(({ status }) => status)).toEqual(Array(8).fill(401));
        await Promise.all(racing);
        await revokeNext();
      };
      await Promise.all([revokeNext(), revokeNext(), revokeNext()]);
      expect([...counted]).toEqual([`${workers + 1}/${workers + 1}`]);
    });

  test('are replaced when they are killed, and their port stays taken meanwhile', async () => {
    const { url, verifyUrl, token, processes } = await verifyingServer(engine);
    const { id, secret } = await newKey({ url }, token);
    const { verify } = gatewayTo(verifyUrl);
    expect((await verify(secret)).status).toBe(200);
    const [first = 0] = processes();
    process.kill(first, 'SIGKILL');
    await eventually(() => !isRunning(first));
    // On new connections: they wait for the next process, and are not refused.
    const answers = await Promise.all(Array.from({ length: 8 }, () => gatewayTo(verifyUrl).verify(secret)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(processes()).not.toContain(first);
    await revokeKey({ url }, token, id);
    expect((await gatewayTo(verifyUrl).verify(secret)).status).toBe(401);
  });

  test('end with a server that is killed, which can start again at once on the same ports', async () => {
    const { url, verifyUrl, token, processes, stop, env } = await verifyingServer(engine, {
      VERIFY_WORKERS: '2',
    });
    const { secret } = await newKey({ url }, token);
    const orphans = processes();
    expect(orphans).toHaveLength(2);
    await stop('SIGKILL');
    const again = await startVerifying({
      ...env,
      PORT: new URL(url).port,
      VERIFY_PORT: new URL(verifyUrl).port,
    });
    expect(again.verifyUrl).toBe(verifyUrl);
    expect((await gatewayTo(verifyUrl).verify(secret)).status).toBe(200);
    await eventually(() => orphans.every((pid) => !isRunning(pid)));
    expect(await again.stop()).toBe(0);
  });

  test('complete their requests when the server stops, and exit with it', async () => {
    const { url, verifyUrl, token, processes, stop } = await verifyingServer(engine);
    const { secret } = await newKey({ url }, token);
    const pids = processes();
    let accepted = 0;
    const faults: string[] = [];
    const load = async (): Promise<void> => {
      const { verify } = gatewayTo(verifyUrl, 1);
      for (;;) {
        try {
          const { status } = await verify(secret);
          if (status === 200) accepted += 1;
          else faults.push(String(status));
        } catch (error) {
          // Refused, or an idle connection that was closed: no request was taken.
          faults.push((error as NodeJS.ErrnoException).code ?? 'none');
          return;
        }
      }
    };
    const running = Promise.all(Array.from({ length: 8 }, load));
    await eventually(() => accepted > 500);
    expect(await stop()).toBe(0);
    await running;
    expect(faults.filter((fault) => !['ECONNREFUSED', 'ECONNRESET'].includes(fault))).toEqual([]);
    expect(pids.some(isRunning)).toBe(false);
  });
});

test('serve says why it can’t have VERIFY_PORT, and exits 1', async () => {
  const { env } = await databaseFor('sqlite');
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const settings = { ...env, PORT: '0', VERIFY_PORT: String(port), LOG_LEVEL: 'silent' };
  const { code, stdout, stderr } = await finish(start(settings, 'serve'));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^VERIFY_PORT: another program is listening on port ${port} .*\\n$`));
});

test('a second server on a SQLite file stops, and says why, until the first has gone', async () => {
  const { env, server } = await verifyingServer('sqlite');
  const ports = { PORT: '0', VERIFY_PORT: '0' };
  const { code, stdout, stderr } = await finish(start({ ...env, ...ports, LOG_LEVEL: 'silent' }, 'serve'));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^DATABASE_URL: another server is using \S+; stop it, .*\n$/);
  server.process.kill('SIGKILL');
  const next = await startVerifying({ ...env, ...ports });
  expect(await next.stop()).toBe(0);
});

test('serve starts none with VERIFY_PORT=off', async () => {
  const { env } = await databaseFor('sqlite');
  const { url, server } = await startServer({ ...env, VERIFY_PORT: 'off' });
  expect(server.stdout()).not.toContain('verified at');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('the command that runs in them says that serve starts it', async () => {
  const { env } = await databaseFor('sqlite');
  const { code, stderr } = await finish(start(env, 'verification-process'));
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Verification processes are started by keywright serve\n',
  });
});
