import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { connectionLoss } from '../support/connection-loss.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeMember, serverOn } from '../support/server.ts';
import { run, runWith } from './run.ts';

onEachDatabase('commands whose response is lost', (engine) => {
  const loss = connectionLoss();
  const server = serverOn(engine, { plugins: [loss.plugin] });

  test('make one change, and print its secret or link', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const env = { KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: sessionToken };
    /** Loses the response to the operation after `before` others, the first of which are lookups. */
    const losing = async (before: number, ...args: string[]) => {
      loss.next(before);
      const { code, stdout, stderr } = await run(env, ...args, '--quiet');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(loss.pending).toBe(false);
      return stdout.trim();
    };
    const verify = async (secret: string) =>
      (await runWith({ env, stdin: [`${secret}\n`] }, 'keys', 'verify', '-', '--json')).stdout;

    const secret = await losing(0, 'keys', 'create', '--name', 'CI');
    expect(JSON.parse(await verify(secret))).toMatchObject({ valid: true });
    const keys = await run(env, 'keys', 'list', '--quiet');
    const [id = '', ...others] = keys.stdout.trim().split('\n');
    expect(others).toEqual([]);

    const next = await losing(0, 'keys', 'rotate', id, '--overlap', '0');
    expect(JSON.parse(await verify(next))).toMatchObject({ valid: true });
    expect(JSON.parse(await verify(secret))).toMatchObject({ code: 'REVOKED' });

    const link = await losing(1, 'members', 'invite', `ann-${engine}@example.com`, '--role', 'member');
    expect(link).toContain('/sign-in#token=');
    const changes = await server()
      .services.db.selectFrom('audit_log')
      .select('action')
      .where('organization_id', '=', organizationId)
      .where('action', 'in', ['api_key.created', 'api_key.rotated', 'member.invited'])
      .orderBy('sequence')
      .execute();
    expect(changes.map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.rotated',
      'member.invited',
    ]);
  });
});

test('a command repeats a change after 503, and nothing without an idempotency key', async () => {
  const bodies: string[] = [];
  const listener: RequestListener = async (request, response) => {
    bodies.push(await text(request));
    const status = bodies.length === 1 ? 503 : 200;
    response.writeHead(status).end(JSON.stringify({ errors: [{ message: `No ${bodies.length}` }] }));
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { KEYWRIGHT_URL: `http://127.0.0.1:${port}`, KEYWRIGHT_TOKEN: 'token' };
  expect(await run(env, 'keys', 'rotate', 'key_x')).toMatchObject({ code: 1, stderr: 'No 2\n' });
  expect(bodies[1]).toBe(bodies[0]);
  expect(JSON.parse(bodies[0] ?? '').variables.input.idempotencyKey).toMatch(/^[\da-f-]{36}$/);
  bodies.length = 0;
  expect(await run(env, 'keys', 'list')).toMatchObject({ code: 1, stderr: 'No 1\n' });
  expect(bodies).toHaveLength(1);
});
