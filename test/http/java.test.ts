import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findProgram, missingOf } from '../support/programs.ts';
import { initialized, startServer } from '../support/serve.ts';

const missing = missingOf('javac');

describe.skipIf(missing)(`the JDK's client in its default configuration${missing}`, () => {
  test('is served over HTTP/1.1 by GET and POST, and can open a WebSocket', async () => {
    const { env, token } = await initialized('sqlite');
    const { url } = await startServer(env);
    const program = join(import.meta.dirname, 'java/Client.java');
    const { stdout } = await promisify(execFile)(findProgram('java') ?? '', [program, url, token]);
    const created = '/graphql 200 HTTP_1_1 {"data":{"createApiKey":{"__typename":"CreateApiKeyPayload"}}}';
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^\/healthz 200 HTTP_1_1 /),
      expect.stringMatching(/^\/schema.graphql 200 HTTP_1_1 /),
      '/graphql 200 HTTP_1_1 {"data":{"__typename":"Query"}}',
      expect.stringMatching(/^\/verify 401 HTTP_1_1 .*MALFORMED/),
      created,
      created,
      '/graphql 200 HTTP_1_1 {"data":{"viewer":{"__typename":"Viewer"}}}',
      'WebSocket {"type":"connection_ack"}',
    ]);
  });
});
