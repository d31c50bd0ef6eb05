import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { freePort } from '../gateways/program.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { makeVerifyingOrganization } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'packages/verifier/README.md'), 'utf8');

/** A folder of a reader who has installed the package and Express. */
function readerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'verifier-reader-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules/@keywright'), { recursive: true });
  symlinkSync(join(ROOT, 'packages/verifier'), join(folder, 'node_modules/@keywright/verifier'));
  symlinkSync(join(ROOT, 'node_modules/express'), join(folder, 'node_modules/express'));
  return folder;
}

onEachDatabase('the README of @keywright/verifier', (engine) => {
  const server = serverOn(engine);

  it('protects an Express API with the program that it shows', async () => {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const customer = await makeApiKey(server(), organizationId, { externalId: 'customer-42' });
    const folder = readerFolder();
    const [, program = ''] = /^`server\.mjs`:\n\n```js\n([\s\S]*?)^```/m.exec(README) ?? [];
    const port = await freePort();
    writeFileSync(join(folder, 'server.mjs'), program.replaceAll('3000', `${port}`));
    const api = spawn(process.execPath, ['server.mjs'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: token },
    });
    let output = '';
    for (const stream of [api.stdout, api.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const ended = new Promise<number | null>((resolve) => api.on('close', resolve));
    onTestFinished(async () => {
      api.kill('SIGKILL');
      await ended;
    });
    await eventually(() => output.includes('Listening'));
    const call = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { ...headers, Connection: 'close' },
      });
      return `${response.status} ${await response.text()}`;
    };
    const [, printed = ''] =
      /curl http:\/\/127\.0\.0\.1:3000\/orders -H[^\n]*\n```\n\n```text\n([\s\S]*?)^```/m.exec(README) ?? [];
    const [refusal = '', orders = ''] = printed.split('\n');
    expect(await call('/')).toBe('200 Anyone can read this.\n');
    expect(await call('/orders')).toBe(`401 ${refusal}`);
    expect(await call('/orders', { 'X-API-Key': customer.secret })).toBe(`200 ${orders}\n`);
    await revokeApiKey(contextFor(server().services, systemPrincipal('test')), { id: customer.id });
    expect(await call('/orders', { 'X-API-Key': customer.secret })).toMatch(/^401 .*"REVOKED"/);
    api.kill('SIGTERM');
    expect(await ended, output).toBe(0);
  });
});
