import { existsSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isRunning, newKey, revokeKey, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** A server with one accepted and one revoked key, whose database has not been checkpointed. */
async function serving() {
  const server = await verifyingServer('sqlite', { VERIFY_WORKERS: '1' });
  const path = server.env.DATABASE_URL.slice('sqlite:'.length);
  const [good, revoked] = [await newKey(server, server.token), await newKey(server, server.token)];
  await revokeKey(server, server.token, revoked.id);
  const refusals = () => server.server.stderr().split('The verification process could not start').length - 1;
  return {
    ...server,
    path,
    /** Kills the process, and resolves when another one has refused to start. */
    async replaceProcess() {
      const before = refusals();
      for (const pid of server.processes()) {
        process.kill(pid, 'SIGKILL');
        await eventually(() => !isRunning(pid));
      }
      await eventually(() => refusals() > before);
    },
    refused: async () => {
      const before = refusals();
      await eventually(() => refusals() > before);
    },
    /** Both ports know both keys, and the latest change. */
    async expectComplete() {
      const latest = await newKey(server, server.token);
      for (const url of [server.verifyUrl, server.url]) {
        // On a new connection, which waits for the next process.
        const status = async (secret: string) => {
          const headers = { 'X-API-Key': secret, Connection: 'close' };
          return (await fetch(`${url}/verify`, { headers })).status;
        };
        expect(await status(good.secret), url).toBe(200);
        expect(await status(revoked.secret), url).toBe(401);
        expect(await status(latest.secret), url).toBe(200);
        expect((await fetch(`${url}/readyz`)).status, url).toBe(200);
      }
    },
  };
}

test('a verification process that starts while the file is moved away changes nothing on the disk', async () => {
  const { path, replaceProcess, expectComplete, processes } = await serving();
  renameSync(path, `${path}.away`);
  await replaceProcess();
  expect(existsSync(path)).toBe(false);
  renameSync(`${path}.away`, path);
  await eventually(() => processes().length === 1);
  await expectComplete();
});

test('a verification process never opens the file without its other files', async () => {
  const { path, replaceProcess, refused, expectComplete } = await serving();
  for (const suffix of SUFFIXES) renameSync(path + suffix, `${path}${suffix}.away`);
  await replaceProcess();
  for (const suffix of SUFFIXES) {
    await refused();
    renameSync(`${path}${suffix}.away`, path + suffix);
  }
  await expectComplete();
});
