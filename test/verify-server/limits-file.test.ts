import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { gatewayTo, isRunning, newKey, startVerifying, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

const LIMIT = 10;

test('on PostgreSQL, limits are shared again after the temporary folder was removed', async () => {
  const folder = mkdtempSync(join(inject('testRun').directory, 'temporary-'));
  // Of a server that was killed.
  mkdirSync(join(folder, 'keywright-limits-2147483647-abcdef'));
  const server = await verifyingServer('postgres', { TMPDIR: folder, VERIFY_WORKERS: '2' });
  const [name = '', ...others] = readdirSync(folder).filter((one) => one.startsWith('keywright-limits-'));
  expect(others).toEqual([]);
  rmSync(join(folder, name), { recursive: true });
  for (const pid of server.processes()) {
    process.kill(pid, 'SIGKILL');
    await eventually(() => !isRunning(pid));
  }
  await eventually(() => readdirSync(join(folder, name)).includes('limits'));
  // All of them count in the new file at some time.
  await eventually(async () => {
    const rateLimit = { limit: LIMIT, windowSeconds: 3_600 };
    const { secret } = await newKey(server, server.token, { rateLimit });
    const gateways = [server.url, server.verifyUrl].map((url) => gatewayTo(url, 8));
    const sent = gateways.flatMap(({ verify }) => Array.from({ length: 3 * LIMIT }, () => verify(secret)));
    const answers = await Promise.all(sent);
    return answers.filter(({ status }) => status === 200).length === LIMIT;
  });
  await server.stop('SIGKILL');
  const again = await startVerifying(server.env);
  expect(readdirSync(folder).filter((one) => one.startsWith('keywright-limits-'))).not.toContain(name);
  expect(await again.stop()).toBe(0);
  expect(readdirSync(folder).filter((one) => one.startsWith('keywright-limits-'))).toEqual([]);
});
