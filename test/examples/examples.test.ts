import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { finish, start } from '../cli/run.ts';
import { freePort } from '../gateways/program.ts';
import { CreateKeyDocument, RevokeKeyDocument, VerifyKeyDocument } from '../generated/graphql.ts';
import { expectType, request } from '../schema/request.ts';
import { onEachDatabase } from '../support/databases.ts';
import { missingOf } from '../support/programs.ts';
import { readerOfReadme } from '../support/readme.ts';
import { initialized, startServer } from '../support/serve.ts';
import { eventually } from '../support/wait.ts';

const missing = missingOf('curl');

/** Runs a program of examples/ as its reader would; ended with the test at the latest. */
function runExample(path: string, env: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env;
  const program = join(import.meta.dirname, '../../examples', path);
  const child = spawn(process.execPath, ['--import', 'tsx', program], { env: { PATH, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { output: () => output, ended };
}

onEachDatabase('the examples', (engine) => {
  it('verify-in-code issues a key and has it accepted', async () => {
    const { env, token } = await initialized(engine);
    const { url } = await startServer(env);
    const example = runExample('verify-in-code/index.ts', { KEYWRIGHT_URL: url, KEYWRIGHT_TOKEN: token });
    expect(await example.ended, example.output()).toBe(0);
    expect(example.output()).toMatch(
      /^issued key_\w+, which starts with kw_live_\w+\naccepted: customer-42\n$/,
    );
  });

  it.each(['verify-in-code/index.ts', 'live/dashboard.ts'])(
    '%s prints one line and exits with 1 where it is rejected, and runs for the organization of a user of two',
    async (path) => {
      const { env, token } = await initialized(engine);
      const again = ['--organization', 'Beta', '--email', 'a@example.com', '--json'];
      const { organizationId } = JSON.parse((await finish(start(env, 'init', ...again))).stdout);
      const { url } = await startServer(env);
      const valid = { KEYWRIGHT_URL: url, KEYWRIGHT_TOKEN: token };
      for (const [own, message] of [
        [valid, `organizationId: is required because you belong to more than one organization: org_`],
        [{ ...valid, KEYWRIGHT_ORGANIZATION: 'beta' }, 'No organization found with this ID'],
        [{ ...valid, KEYWRIGHT_TOKEN: 'sess_unknown' }, 'The credential is not valid'],
        [{ KEYWRIGHT_URL: url }, ''],
        [{ ...valid, KEYWRIGHT_URL: `http://127.0.0.1:${await freePort()}` }, 'ECONNREFUSED'],
      ] as const) {
        const example = runExample(path, own);
        expect(await example.ended, example.output()).toBe(1);
        expect(example.output()).toMatch(/^[^\n]+\n$/);
        expect(example.output()).toContain(message);
      }
      const example = runExample(path, { ...valid, KEYWRIGHT_ORGANIZATION: organizationId });
      if (path.startsWith('verify')) expect(await example.ended, example.output()).toBe(0);
      const { data } = await request({ url }, token, CreateKeyDocument, {
        input: { name: 'B', organizationId },
      });
      expectType(data.createApiKey, 'CreateApiKeyPayload');
      if (path.startsWith('live')) await eventually(() => / B {2}ACTIVE /.test(example.output()));
    },
  );

  it('live shows changes and uses, and misses nothing while the server restarts', async () => {
    const { env, token } = await initialized(engine);
    const first = await startServer(env);
    const { url } = first;
    const create = async (name: string) => {
      const { data } = await request({ url }, token, CreateKeyDocument, { input: { name } });
      return expectType(data.createApiKey, 'CreateApiKeyPayload');
    };
    const before = await create('before');
    const dashboard = runExample('live/dashboard.ts', { KEYWRIGHT_URL: url, KEYWRIGHT_TOKEN: token });
    const shows = (line: RegExp) =>
      eventually(() => line.test(dashboard.output())).catch(() => {
        throw new Error(`It does not show ${line}: ${dashboard.output()}`);
      });
    await shows(/before {2}ACTIVE .*found/);
    // Whether the subscriptions run already, only an event tells.
    await eventually(async () => {
      await request({ url }, token, VerifyKeyDocument, { input: { key: before.secret } });
      return /before .*used \d+ times/.test(dashboard.output());
    });
    const seen = await create('seen');
    await shows(/seen {2}ACTIVE .*ApiKeyCreated/);
    expect(await first.stop()).toBe(0);
    // On a port of its own, where the dashboard does not look, so that the changes happen while it is away.
    const away = await startServer(env);
    const revoked = await request({ url: away.url }, token, RevokeKeyDocument, {
      input: { id: seen.apiKey.id },
    });
    expectType(revoked.data.revokeApiKey, 'RevokeApiKeyPayload');
    await away.stop();
    await startServer(env, new URL(url).port);
    await shows(/seen {2}REVOKED .*ApiKeyRevoked/);
    expect(dashboard.output().match(/ApiKeyRevoked/g)).toHaveLength(1);
  });

  it('embedded protects its routes, and ends exactly the event streams of a revoked key', async () => {
    const { env, token } = await initialized(engine);
    const { url } = await startServer(env);
    const create = async (input: { name: string; grants?: string[]; externalId?: string }) => {
      const { data } = await request({ url }, token, CreateKeyDocument, { input });
      return expectType(data.createApiKey, 'CreateApiKeyPayload');
    };
    const { secret: verifying } = await create({ name: 'Verifier', grants: ['api.key.verify'] });
    const [one, other] = [
      await create({ name: 'One', externalId: 'customer-42' }),
      await create({ name: 'Other' }),
    ];
    const port = await freePort();
    const api = `http://127.0.0.1:${port}`;
    const example = runExample('embedded/index.ts', {
      ...{ KEYWRIGHT_URL: url, KEYWRIGHT_TOKEN: verifying, PORT: `${port}` },
    });
    await eventually(() => example.output().includes(`Listening on ${api}`));
    const call = (path: string, secret: string | null, method = 'GET') =>
      fetch(api + path, { method, headers: secret === null ? {} : { 'X-API-Key': secret } });
    expect((await call('/', null)).status).toBe(200);
    expect((await call('/orders', null)).status).toBe(401);
    expect(await (await call('/orders', one.secret)).text()).toBe('Orders for customer-42\n');
    expect((await call('/orders', one.secret, 'POST')).status).toBe(403);

    const streams = Array.from({ length: 1_000 }, (_, index) =>
      openEvents(api, index % 2 ? one.secret : other.secret),
    );
    await eventually(() => streams.every(({ text }) => text().includes('event: open')));
    const revoked = await request({ url }, token, RevokeKeyDocument, { input: { id: one.apiKey.id } });
    expectType(revoked.data.revokeApiKey, 'RevokeApiKeyPayload');
    await eventually(() => streams.filter(({ isClosed }) => isClosed()).length >= 500);
    expect((await call('/orders', other.secret)).status).toBe(200);
    for (const [index, { text, isClosed }] of streams.entries()) {
      expect(isClosed(), `stream ${index}`).toBe(index % 2 === 1);
      if (isClosed()) expect(text()).toContain('event: closed\ndata: {"code":"REVOKED"}');
    }
    expect((await call('/orders', one.secret)).status).toBe(401);
  });

  it('embedded exits with 1 and a message where its token is rejected', async () => {
    const { env, token } = await initialized(engine);
    const { url } = await startServer(env);
    const example = runExample('embedded/index.ts', {
      KEYWRIGHT_URL: url,
      KEYWRIGHT_TOKEN: `${token}x`,
      PORT: '0',
    });
    expect(await example.ended, example.output()).toBe(1);
    expect(example.output()).toMatch(/The server rejected the token: .*\n$/);
  });
});

it.skipIf(missing)(`embedded runs as its README says${missing}`, { timeout: 120_000 }, async () => {
  const reader = await readerOfReadme('examples/embedded/README.md');
  const terminal = reader.open();
  for (const step of reader.steps('Run it')) {
    await terminal.paste({ ...step, output: step.output && reader.own(step.output) });
    if (step.commands.includes('index.ts'))
      await eventually(() => terminal.stdout().includes('Listening on'));
    if (step.commands.includes('/events')) await eventually(() => terminal.stdout().includes('event: open'));
  }
  await eventually(() => terminal.stdout().includes('event: closed\ndata: {"code":"REVOKED"}'));
  expect(terminal.stdout()).toMatch(/Revoked key_\w+ A customer/);
});

/** Opens an event stream of the embedded example; closed with the test. */
function openEvents(api: string, secret: string) {
  let text = '';
  let isClosed = false;
  const sent = get(`${api}/orders/events`, { agent: false, headers: { 'X-API-Key': secret } }, (response) => {
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    response.on('close', () => {
      isClosed = true;
    });
  });
  sent.on('error', () => {
    isClosed = true;
  });
  onTestFinished(() => void sent.destroy());
  return { text: () => text, isClosed: () => isClosed };
}
