import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { run } from './run.ts';

const TOKEN = 'no-form-that-is-known-0123456789';

/** Something at an address that is no Keywright. */
async function somebody(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answers = (status: number, body: string, headers: Record<string, string> = {}): RequestListener => {
  return (_request, response) => response.writeHead(status, headers).end(body);
};

test.each([
  [{}, 'No credential provided: set KEYWRIGHT_TOKEN or pass --token. On the server, keywright session-token'],
  [{ KEYWRIGHT_TOKEN: ' ' }, 'No credential provided'],
  [{ KEYWRIGHT_TOKEN: `${TOKEN}\n${TOKEN}` }, 'The token contains invalid characters'],
  [{ KEYWRIGHT_TOKEN: `${TOKEN}é` }, 'The token contains invalid characters'],
  [
    { KEYWRIGHT_TOKEN: TOKEN, KEYWRIGHT_URL: 'keys.example.com' },
    'KEYWRIGHT_URL must be an http or https address',
  ],
  [{ KEYWRIGHT_TOKEN: TOKEN, KEYWRIGHT_URL: `ftp://root:${TOKEN}@host` }, 'KEYWRIGHT_URL must be'],
  [{ KEYWRIGHT_TOKEN: TOKEN, KEYWRIGHT_URL: `http://root:${TOKEN}@host` }, 'KEYWRIGHT_URL must be'],
])('%j is wrong usage', async (env, message) => {
  const { code, stdout, stderr } = await run(env as Record<string, string>, 'keys', 'list');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain(TOKEN);
});

test('says what is at the address, and never the token', async () => {
  const cases = [
    [
      await somebody(answers(502, '<html>')),
      '/graphql responded with 502, which is not a response of Keywright\n',
    ],
    [
      await somebody(answers(200, '{}')),
      '/graphql responded with 200, which is not a response of Keywright\n',
    ],
    [await somebody((request) => request.socket.destroy()), " can't be reached: "],
    [
      'http://127.0.0.1:65534',
      " can't be reached: connect ECONNREFUSED 127.0.0.1:65534. Start the server, or set KEYWRIGHT_URL",
    ],
  ] as const;
  for (const [url, message] of cases) {
    const { code, stdout, stderr } = await run({}, 'keys', 'list', '--url', url, '--token', TOKEN);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${url}${message}`);
    expect(stderr).not.toContain(TOKEN);
  }
});

test('takes its token nowhere else', async () => {
  const asked: string[] = [];
  const elsewhere = await somebody((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  const url = await somebody(answers(307, '', { Location: `${elsewhere}/graphql` }));
  const { code, stderr } = await run({ KEYWRIGHT_URL: url, KEYWRIGHT_TOKEN: TOKEN }, 'keys', 'list');
  expect(code).toBe(1);
  expect(stderr).toBe(`${url}/graphql responded with 307, which is not a response of Keywright\n`);
  expect(asked).toEqual([]);
});

test('asks below the address, as itself', async () => {
  const seen: unknown[] = [];
  const url = await somebody((request, response) => {
    const { authorization, 'user-agent': agent } = request.headers;
    seen.push([request.method, request.url, authorization, agent]);
    const page = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    response.end(JSON.stringify({ data: { apiKeys: page } }));
  });
  const env = { KEYWRIGHT_URL: 'http://127.0.0.1:1', KEYWRIGHT_TOKEN: 'other' };
  const args = ['--url', `${url}/keywright`, '--token', TOKEN, '--json'];
  expect(await run(env, 'keys', 'list', ...args)).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  const agent = `keywright-cli/${packageJson.version}`;
  expect(seen).toEqual([['POST', '/keywright/graphql', `Bearer ${TOKEN}`, agent]]);
});

test('repeats nothing that looks like a credential, wherever it was typed', async () => {
  const secret = `kwop_${'x'.repeat(43)}`;
  for (const args of [
    [secret],
    ['keys', secret],
    ['keys', 'list', `--tokne=${secret}`],
    ['keys', 'list', secret],
  ]) {
    const { code, stdout, stderr } = await run({}, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(secret);
  }
});
