import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/cli/import/formats.ts';
import { runs } from '../../support/properties.ts';
import { read } from './read.ts';

const SECRET = 'acme_0123456789abcdefghij';
const HEX = createHash('sha256').update(SECRET).digest('hex');
const BASE64 = createHash('sha256').update(SECRET).digest('base64');
const BASE64URL = createHash('sha256').update(SECRET).digest('base64url');
const MIB = 1_048_576;

const KEY = { foreignId: 'k1', name: 'One', hash: HEX, algorithm: 'SHA256' };

/** Each record as `line` with the key's ID, or with the reasons. */
async function summarize(content: string | Uint8Array, format: Format) {
  return (await read(content, format)).map((record) =>
    record.type === 'rejected'
      ? [record.line, record.reasons]
      : [record.line, record.type === 'key' ? record.key.foreignId : record.type],
  );
}

describe('JSON Lines', () => {
  test('have the fields of ImportApiKeyInput, with names of roles and teams', async () => {
    const key = {
      ...KEY,
      additionalHashes: [BASE64],
      start: 'acme_01',
      environment: 'TEST',
      description: 'First',
      role: 'Reader',
      grants: ['orders.read'],
      teams: ['Ops'],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      externalId: 'customer',
      metadata: { plan: 'pro' },
      enabled: false,
      createdAt: '2025-01-01T00:00:00Z',
      expiresAt: '2030-01-01T00:00:00Z',
      lastUsedAt: '2026-01-01T00:00:00.500Z',
    };
    const times = {
      createdAt: Date.parse(key.createdAt),
      expiresAt: Date.parse(key.expiresAt),
      lastUsedAt: Date.parse(key.lastUsedAt),
    };
    expect(await read(JSON.stringify(key), 'jsonl')).toEqual([
      { type: 'key', line: 1, key: { ...key, environment: 'test', ...times }, lost: [] },
    ]);
  });

  test('each line is read on its own, whatever is wrong with the others', async () => {
    const lines = [
      JSON.stringify(KEY),
      '{"foreignId": "k2"',
      '[]',
      '',
      '  ',
      JSON.stringify({ ...KEY, foreignId: 'k6' }),
      `{"name":"${'x'.repeat(MIB)}"}`,
      JSON.stringify({ ...KEY, ipAllowList: ['10.0.0.0/8'] }),
      JSON.stringify({ ...KEY, name: 5, hash: undefined, expiresAt: 'tomorrow', enabled: 'no' }),
      JSON.stringify({ ...KEY, algorithm: 'constructor' }),
      JSON.stringify({ ...KEY, metadata: { a: 0 } }).replace('"a":0', '"a":12345678901234567890'),
      JSON.stringify({ ...KEY, foreignId: 'last' }),
    ];
    expect(await summarize(`\ufeff${lines.join('\r\n')}`, 'jsonl')).toEqual([
      [1, 'k1'],
      [2, ['is not valid JSON']],
      [3, ['is not a JSON object']],
      [6, 'k6'],
      [7, ['is longer than 1 MiB']],
      [8, ['ipAllowList: is not a known field']],
      [
        9,
        [
          'name: must be a string',
          'name: is required',
          'hash: is required',
          'enabled: must be true or false',
          'expiresAt: must be a time such as 2027-01-31T12:00:00Z',
        ],
      ],
      [10, [expect.stringMatching(/^algorithm: must be one of SHA256, /)]],
      [11, [expect.stringMatching(/^metadata\.a: whole numbers/)]],
      [12, 'last'],
    ]);
  });

  test('invalid UTF-8 spoils only its own line', async () => {
    const good = Buffer.from(`${JSON.stringify(KEY)}\n`);
    const bad = Buffer.from(JSON.stringify({ ...KEY, name: 'x' }));
    bad[bad.indexOf('x')] = 0xff;
    expect(await summarize(Buffer.concat([good, bad, Buffer.from('\n'), good]), 'jsonl')).toEqual([
      [1, 'k1'],
      [2, ['is not valid UTF-8']],
      [3, 'k1'],
    ]);
  });

  test('a secret is hashed, and must be one that can be presented', async () => {
    const { hash: _hash, algorithm: _algorithm, ...rest } = KEY;
    const [hashed] = await read(JSON.stringify({ ...rest, secret: SECRET }), 'jsonl');
    expect(hashed).toMatchObject({ key: { hash: HEX, algorithm: 'SHA256' } });
    expect(JSON.stringify(hashed)).not.toContain(SECRET);
    for (const secret of ['short', 'with a space in it', 'é'.repeat(20), 'x'.repeat(513)])
      expect(await summarize(JSON.stringify({ ...rest, secret }), 'jsonl')).toEqual([
        [1, ['secret: must have 16 to 512 printable ASCII characters without spaces']],
      ]);
  });

  test('reasons quote no values, which may be secrets', async () => {
    const values = { foreignId: 'k', name: [SECRET], hash: [SECRET], algorithm: SECRET, rateLimit: SECRET };
    const more = {
      environment: SECRET,
      grants: SECRET,
      expiresAt: SECRET,
      enabled: SECRET,
      metadata: SECRET,
    };
    const records = await read(JSON.stringify({ ...values, ...more, [SECRET.repeat(3)]: 1 }), 'jsonl');
    expect(records).toMatchObject([{ type: 'rejected' }]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  test('lines are the same however the file is cut into chunks', async () => {
    const { readLines } = await import('../../../src/cli/import/lines.ts');
    const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', '\r', '"'), { maxLength: 30 });
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(text, sizes, async (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''));
      async function* chunks() {
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      }
      const lines: string[] = [];
      for await (const line of readLines(chunks())) lines.push(`${line.line} ${line.bytes}`);
      const expected = bytes.toString().split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected.map((line, index) => `${index + 1} ${line.replace(/\r$/, '')}`));
    });
    await fc.assert(property, runs(100));
  });
});

describe('CSV', () => {
  const HEADER = 'foreignId,name,hash,algorithm,grants,rateLimit,metadata,enabled';

  test('names its columns in the first row, and empty fields are missing', async () => {
    const rows = [
      HEADER,
      `k1,"One, with ""quotes""\nand a line break",${HEX},sha256,a.b;c.d e.f,5/60,"{""plan"":""pro""}",false`,
      `k2,Two,${BASE64},SHA256,,,,`,
    ];
    expect(await read(`\ufeff${rows.join('\r\n')}\r\n`, 'csv')).toMatchObject([
      {
        line: 2,
        key: {
          foreignId: 'k1',
          name: 'One, with "quotes"\nand a line break',
          hash: HEX,
          algorithm: 'SHA256',
          grants: ['a.b', 'c.d', 'e.f'],
          rateLimit: { limit: 5, windowSeconds: 60 },
          metadata: { plan: 'pro' },
          enabled: false,
        },
      },
      { line: 4, key: { foreignId: 'k2', grants: undefined, rateLimit: undefined, enabled: undefined } },
    ]);
  });

  test('a bad row is rejected by its line, and the others are read', async () => {
    const bad = Buffer.from(`k4,X,${HEX},SHA256,,,,\n`);
    bad[3] = 0xff;
    const rows = `${HEADER}\nk2,Two\n\nk3,Three,${HEX},SHA256,,5 per minute,{,maybe\n`;
    const last = `k6,Six,${HEX},SHA256,,,,`;
    expect(await summarize(Buffer.concat([Buffer.from(rows), bad, Buffer.from(last)]), 'csv')).toEqual([
      [2, ['has 2 fields instead of 8']],
      [
        4,
        ['rateLimit: must be an object', 'metadata: must be a JSON object', 'enabled: must be true or false'],
      ],
      [5, ['is not valid UTF-8']],
      [6, 'k6'],
    ]);
  });

  test.each([
    ['a column twice', 'foreignId,name,name\n', 'line 1: the column name is listed twice'],
    ['an unknown column', 'foreignId,name,ipAllowList\n', 'line 1: ipAllowList is not a known column'],
    ['a prototype as a column', 'foreignId,constructor\n', 'line 1: constructor is not a known column'],
    ['an open quote', `${HEADER}\nk1,"One,x\n`, 'line 2: the record that starts here has quotes'],
    [
      'a huge record',
      `${HEADER}\nk1,"${'x\n'.repeat(MIB)}`,
      'line 2: the record that starts here is longer than 1 MiB',
    ],
  ])('%s ends the import', async (_title, content, message) => {
    await expect(read(content, 'csv')).rejects.toThrow(message);
  });
});

describe('Unkey', () => {
  const KEY_OF_UNKEY = {
    keyId: 'key_1234567890abcdef',
    start: 'sk_test_abc123',
    enabled: true,
    name: 'Payments',
    meta: { plan: 'pro' },
    createdAt: 1701425400000,
    updatedAt: 1701425400001,
    lastUsedAt: 1711425400000,
    expires: 1935689600000,
    permissions: ['documents.read'],
    roles: ['editor'],
    credits: { remaining: 10, refill: { interval: 'daily', amount: 10 } },
    identity: { id: 'id_1', externalId: 'user_1' },
    plaintext: SECRET,
    ratelimits: [
      { id: 'rl_12345678', name: 'requests', limit: 100, duration: 60_000, autoApply: true },
      { id: 'rl_12345679', name: 'heavy', limit: 1, duration: 1_000, autoApply: false },
    ],
  };

  test('decrypted keys of apis.listKeys, page by page', async () => {
    const page = {
      meta: { requestId: 'req_1' },
      data: [KEY_OF_UNKEY, { ...KEY_OF_UNKEY, keyId: 'key_2', plaintext: undefined }],
      pagination: { hasMore: true, cursor: '{"data":[{' },
    };
    const other = { ...page, data: [{ keyId: 'key_3', start: 'a', plaintext: SECRET }] };
    const records = await read(`${JSON.stringify(page, null, 2)}\n${JSON.stringify(other)}`, 'unkey');
    expect(records).toEqual([
      {
        type: 'key',
        line: 6,
        key: {
          foreignId: 'key_1234567890abcdef',
          name: 'Payments',
          hash: HEX,
          algorithm: 'SHA256',
          start: 'sk_test_abc123',
          environment: undefined,
          externalId: 'user_1',
          metadata: { plan: 'pro' },
          role: 'editor',
          grants: ['documents.read'],
          rateLimit: { limit: 100, windowSeconds: 60 },
          enabled: true,
          createdAt: 1701425400000,
          expiresAt: 1935689600000,
          lastUsedAt: 1711425400000,
        },
        lost: ['credits', 'ratelimits'],
      },
      {
        type: 'rejected',
        line: expect.any(Number),
        foreignId: 'key_2',
        reasons: ['hash: is required, or plaintext'],
      },
      expect.objectContaining({
        key: expect.objectContaining({ foreignId: 'key_3', name: 'a', start: undefined }),
      }),
    ]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  test('both migration formats; a key without an ID gets one that doesn’t reveal its hash', async () => {
    const request = {
      migrationId: 'mig_1',
      apiId: 'api_1',
      keys: [{ hash: BASE64 }, { hash: HEX, name: 'Two' }],
    };
    const former = [
      {
        apiId: 'api_1',
        hash: { value: BASE64, variant: 'sha256_base64' },
        start: 'sk_12345',
        ownerId: 'owner',
        remaining: 0,
        ratelimit: { type: 'fast', limit: 100, refillRate: 10, refillInterval: 1000 },
        environment: 'test',
      },
      { hash: { value: HEX, variant: 'md5' } },
    ];
    const records = await read(`${JSON.stringify(request)}${JSON.stringify(former)}`, 'unkey');
    const id = expect.stringMatching(/^unkey-[0-9a-f]{32}$/);
    expect(records).toMatchObject([
      { key: { foreignId: id, hash: HEX } },
      { key: { foreignId: id, hash: HEX, name: 'Two' } },
      {
        key: {
          foreignId: id,
          hash: HEX,
          externalId: 'owner',
          environment: 'test',
          enabled: false,
          rateLimit: { limit: 10, windowSeconds: 1 },
        },
        lost: ['credits'],
      },
      { type: 'rejected', reasons: ['hash.variant: must be sha256_base64'] },
    ]);
    const ids = records.map((record) => (record.type === 'key' ? record.key.foreignId : ''));
    expect(HEX).not.toContain(ids[0]?.slice('unkey-'.length));
  });

  test('a key with several roles, or that was deleted, is rejected', async () => {
    const keys = [
      { ...KEY_OF_UNKEY, roles: ['a', 'b'] },
      { ...KEY_OF_UNKEY, deletedAt: 1 },
    ];
    expect(await summarize(JSON.stringify(keys), 'unkey')).toEqual([
      [1, ['roles: a key can have one role: combine them with --map-role']],
      [1, ['deletedAt: the key was deleted']],
    ]);
  });

  test.each([
    ['an open list', '[{"keyId":"a"}'],
    ['a bracket too many', '[]]'],
    ['an open string', '[{"keyId":"a]'],
  ])('%s ends the import', async (_title, content) => {
    await expect(read(content, 'unkey')).rejects.toThrow(/^line 1: /);
  });

  test('a record that is too long is rejected, and the others are read', async () => {
    const long = { keyId: 'long', meta: { text: '}"{'.repeat(MIB) } };
    expect(await summarize(JSON.stringify([long, { keyId: 'next', plaintext: SECRET }]), 'unkey')).toEqual([
      [1, ['is longer than 1 MiB']],
      [1, 'next'],
    ]);
  });
});

describe('better-auth', () => {
  const ROW = {
    id: 'row1',
    configId: 'default',
    name: null,
    start: 'acme_0',
    prefix: 'acme_',
    key: BASE64URL,
    referenceId: 'user1',
    refillInterval: null,
    refillAmount: null,
    lastRefillAt: null,
    enabled: 1,
    rateLimitEnabled: 1,
    rateLimitTimeWindow: 86_400_000,
    rateLimitMax: 10,
    requestCount: 3,
    remaining: null,
    lastRequest: '2026-01-01T00:00:00.000Z',
    expiresAt: null,
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    permissions: '{"files":["read","write"]}',
    metadata: '"{\\"plan\\":\\"pro\\"}"',
  };

  test('rows of the table apikey', async () => {
    const older = {
      ...ROW,
      id: 'row2',
      referenceId: undefined,
      userId: 'user2',
      enabled: false,
      configId: 'two',
    };
    const used = {
      ...ROW,
      id: 'row3',
      remaining: 0,
      rateLimitEnabled: false,
      prefix: 'acme_live_',
      start: null,
    };
    const refilled = {
      ...ROW,
      id: 'row4',
      remaining: 0,
      refillAmount: 5,
      refillInterval: 1000,
      start: 'ac',
      prefix: null,
    };
    const records = await read(JSON.stringify([ROW, older, used, refilled]), 'better-auth');
    expect(records).toMatchObject([
      {
        key: {
          foreignId: 'row1',
          name: 'acme_0',
          hash: HEX,
          algorithm: 'SHA256',
          start: 'acme_0',
          externalId: 'user1',
          rateLimit: { limit: 10, windowSeconds: 86_400 },
          grants: ['files.read', 'files.write'],
          metadata: { plan: 'pro' },
          enabled: true,
          createdAt: Date.parse(ROW.createdAt),
          expiresAt: undefined,
          lastUsedAt: Date.parse(ROW.lastRequest),
        },
        lost: [],
      },
      { key: { externalId: 'user2', enabled: false }, lost: ['configId'] },
      { key: { enabled: false, rateLimit: undefined, start: 'acme_live_' }, lost: ['remaining'] },
      { key: { enabled: true, start: undefined, name: 'Key row4' }, lost: ['remaining'] },
    ]);
  });

  test('secrets in plain text are hashed if the option says so', async () => {
    const content = JSON.stringify([{ ...ROW, key: SECRET }]);
    expect(await summarize(content, 'better-auth')).toEqual([
      [1, ['key: is not a SHA-256 hash: if better-auth ran with disableKeyHashing, add --plain']],
    ]);
    expect(await read(content, 'better-auth', { plain: true })).toMatchObject([{ key: { hash: HEX } }]);
  });

  test('permissions and metadata of another form are rejected', async () => {
    const rows = [
      { ...ROW, permissions: '{"files":"read"}' },
      { ...ROW, permissions: '[]', metadata: '{' },
    ];
    expect(await summarize(JSON.stringify(rows), 'better-auth')).toEqual([
      [1, ['permissions: must have a list of actions for each resource']],
      [1, ['permissions: must be a JSON object', 'metadata: must be a JSON object']],
    ]);
  });
});
