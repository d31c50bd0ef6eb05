import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onEachDatabase } from '../../support/databases.ts';
import { makeApiKey } from '../../support/server.ts';
import { run } from '../run.ts';
import { keyLine, lines, type Moving, movingOn, secretOf, sha256 } from './moving.ts';
import { fileWith, temporaryFolder } from './read.ts';

onEachDatabase('keys import', (engine) => {
  const moving = movingOn(engine);

  function keysIn({ server, organizationId }: Moving) {
    return server.services.db
      .selectFrom('api_keys')
      .select(['name', 'environment', 'role_id'])
      .where('organization_id', '=', organizationId)
      .orderBy('name')
      .execute();
  }

  async function countIn(to: Moving): Promise<number> {
    return (await keysIn(to)).length;
  }

  test('keys verify through /verify and verifyApiKey, beside a running server', async () => {
    const to = await moving();
    expect(await to.statusOf(secretOf('first'))).toBe(401);
    const file = fileWith(
      lines(
        keyLine('first', { externalId: 'customer', grants: ['orders.read'] }),
        keyLine('off', { enabled: false }),
        keyLine('late', { expiresAt: '2020-01-01T00:00:00Z' }),
      ),
    );
    expect(await to.keys('import', file, '--format', 'jsonl')).toEqual({
      code: 0,
      stdout: '3 keys imported, 0 already imported, 0 rejected\n',
      stderr: expect.stringMatching(/^Importing: 100%, 3 records, \d+ per second\n$/),
    });
    expect(await to.statusOf(secretOf('first'))).toBe(200);
    expect(await to.verify(secretOf('first'))).toEqual({
      valid: true,
      code: 'VALID',
      apiKey: { name: 'first', foreignId: 'first' },
    });
    expect(await to.verify(secretOf('off'))).toMatchObject({ valid: false, code: 'DISABLED' });
    expect(await to.verify(secretOf('late'))).toMatchObject({ valid: false, code: 'EXPIRED' });
  });

  test('invalid keys are rejected by line and reason, and all others are imported', async () => {
    const to = await moving();
    await makeApiKey(to.server, to.organizationId, { name: 'existing' });
    const rejects = join(temporaryFolder(), 'rejects.jsonl');
    const file = fileWith(
      lines(
        keyLine('good'),
        keyLine('long name', { name: 'x'.repeat(101) }),
        { foreignId: 'no hash', name: 'no hash' },
        keyLine('role', { role: 'nobody \u001b[31m' }),
        keyLine('copy', { hash: keyLine('good').hash }),
        keyLine('good', { hash: sha256(secretOf('another')) }),
        keyLine('bad hash', { hash: 'zz' }),
        keyLine('also good'),
      ),
    );
    const args = ['import', file, '--format', 'jsonl', '--rejects', rejects, '--json'];
    const ran = await to.keys(...args);
    const summary = { dryRun: false, created: 2, unchanged: 0, rejected: 6, notCarriedOver: {} };
    expect({ code: ran.code, summary: JSON.parse(ran.stdout) }).toEqual({ code: 1, summary });
    expect(ran.stderr).toContain('6 records were rejected');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are looked for.
    expect(ran.stderr).not.toMatch(/\u001b/);
    expect((await keysIn(to)).map(({ name }) => name)).toEqual(['also good', 'existing', 'good']);
    const written = readFileSync(rejects, 'utf8');
    const found = written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; reasons: string[] });
    expect(new Map(found.map(({ line, reasons }) => [line, reasons.join()]))).toEqual(
      new Map([
        [2, 'name: must have at most 100 characters'],
        [3, 'hash: is required'],
        [4, 'there is no role with the name nobody \u001b[31m'],
        [5, expect.stringMatching(/^hash: /)],
        [6, expect.stringMatching(/^foreignId: /)],
        [7, expect.stringMatching(/^hash: must be a SHA256 digest/)],
      ]),
    );
    expect(written).not.toMatch(/[0-9a-f]{64}/);
    expect(statSync(rejects).mode & 0o777).toBe(0o600);
  });

  test('--dry-run finds the same and changes nothing', async () => {
    const to = await moving();
    await to.keys('import', fileWith(lines(keyLine('dry before'))), '--format', 'jsonl');
    const file = fileWith(
      lines(
        keyLine('dry before'),
        keyLine('dry one'),
        keyLine('dry two', { ipAllowlist: ['nonsense'] }),
        keyLine('dry three', { hash: keyLine('dry before').hash }),
      ),
    );
    const rejects = join(temporaryFolder(), 'rejects.jsonl');
    const args = ['import', file, '--format', 'jsonl', '--rejects', rejects];
    const dry = await to.keys(...args, '--dry-run');
    expect(dry).toMatchObject({
      code: 1,
      stdout: 'Dry run: 1 key would be imported, 1 already imported, 2 would be rejected\n',
    });
    const report = readFileSync(rejects, 'utf8');
    expect(await countIn(to)).toBe(1);
    expect(await to.statusOf(secretOf('dry one'))).toBe(401);
    const real = await to.keys(...args);
    expect(real.stdout).toBe('1 key imported, 1 already imported, 2 rejected\n');
    expect(readFileSync(rejects, 'utf8')).toBe(report);
  });

  test('an import continues where another one ended, and nothing is imported twice', async () => {
    const to = await moving();
    const all = Array.from({ length: 1_203 }, (_, index) => keyLine(`again ${index}`));
    await to.keys('import', fileWith(lines(...all.slice(0, 700))), '--format', 'jsonl');
    const file = fileWith(lines(...all));
    const ran = await to.keys('import', file, '--format', 'jsonl', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ created: 503, unchanged: 700, rejected: 0 });
    const again = await to.keys('import', file, '--format', 'jsonl', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, unchanged: 1_203, rejected: 0 });
    expect(await countIn(to)).toBe(1_203);
    expect(await to.statusOf(secretOf('again 1202'))).toBe(200);
  });

  test('an ID that isn’t unique doesn’t lose keys silently, however far apart they are', async () => {
    const to = await moving();
    const others = Array.from({ length: 600 }, (_, index) => keyLine(`far ${index}`));
    const twin = { ...keyLine('twin'), foreignId: 'far 0' };
    const file = fileWith(lines(...others, twin));
    for (const created of [600, 0]) {
      const ran = await to.keys('import', file, '--format', 'jsonl', '--json');
      expect(JSON.parse(ran.stdout)).toMatchObject({ created, unchanged: 600 - created, rejected: 1 });
      expect(ran.stderr).toContain('Line 601 (far 0): foreignId: was imported before with another secret');
    }
  });

  test('roles and permissions of another product grant nothing of Keywright by their name', async () => {
    const to = await moving();
    const keys = [
      { keyId: 'a', roles: ['admin'] },
      { keyId: 'b', permissions: ['*'] },
      { keyId: 'c', permissions: ['api.*', 'orders.read'] },
      { keyId: 'd', permissions: ['API.Read'] },
    ].map((key) => ({ ...key, start: 'acme_', plaintext: secretOf(key.keyId) }));
    const file = fileWith(JSON.stringify({ data: keys }));
    const refused = await to.keys('import', file, '--format', 'unkey');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Line 1 (a): the role admin is not translated');
    expect(refused.stderr).toContain('Line 1 (b): the permission * would allow managing keys');
    expect(refused.stderr).toContain('Line 1 (c): the permission api.* would allow managing keys');
    expect(await countIn(to)).toBe(0);

    const roles = ['--map-role', 'admin=member'];
    const permissions = ['*=', 'api.*=api.read', 'API.Read=api.read'].flatMap((one) => [
      '--map-permission',
      one,
    ]);
    const ran = await to.keys('import', file, '--format', 'unkey', ...roles, ...permissions);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^4 keys imported/) });
    const rows = await to.server.services.db
      .selectFrom('api_keys')
      .leftJoin('current_roles', 'current_roles.id', 'api_keys.role_id')
      .select(['foreign_id', 'grants', 'current_roles.name as role'])
      .where('api_keys.organization_id', '=', to.organizationId)
      .orderBy('foreign_id')
      .execute();
    expect(rows).toEqual([
      { foreign_id: 'a', grants: '[]', role: 'member' },
      { foreign_id: 'b', grants: '[]', role: null },
      { foreign_id: 'c', grants: '["api.read","orders.read"]', role: null },
      { foreign_id: 'd', grants: '["api.read"]', role: null },
    ]);
  });

  test('keys without a role or environment get those of the options', async () => {
    const to = await moving();
    const csv = `foreignId,name,secret\nplain 1,Plain 1,${secretOf('plain 1')}\n`;
    const options = ['--role', 'Member', '--environment', 'test'];
    const ran = await to.keys('import', fileWith(csv), '--format', 'csv', ...options);
    expect(ran).toMatchObject({ code: 0 });
    expect(await keysIn(to)).toEqual([{ name: 'Plain 1', environment: 'test', role_id: expect.any(String) }]);
    expect(await to.statusOf(secretOf('plain 1'))).toBe(200);
  });

  test('the limit on active keys ends the import, and says so', async () => {
    const to = await moving();
    await to.server.services.db
      .updateTable('organizations')
      .set({ max_active_api_keys: 1 })
      .where('id', '=', to.organizationId)
      .execute();
    const file = fileWith(lines(keyLine('limit 1'), keyLine('limit 2')));
    const ran = await to.keys('import', file, '--format', 'jsonl');
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('its limit is 1');
    expect(await countIn(to)).toBe(0);
  });

  test('every import is in the audit log', async () => {
    const to = await moving();
    await to.keys('import', fileWith(lines(keyLine('audited'))), '--format', 'jsonl');
    const entries = await to.server.services.db
      .selectFrom('audit_log')
      .select(['action', 'actor', 'changes'])
      .where('organization_id', '=', to.organizationId)
      .where('action', '=', 'api_key.created')
      .execute();
    expect(entries).toMatchObject([{ actor: 'cli', changes: expect.stringContaining('"audited"') }]);
    expect(JSON.stringify(entries)).not.toMatch(/[0-9a-f]{64}/);
  });

  test('wrong usage ends with 2, and a source that can’t be read with 1', async () => {
    const to = await moving();
    const file = fileWith('');
    const jsonl = ['--format', 'jsonl'];
    expect((await to.keys('import', file)).code).toBe(2);
    expect((await to.keys('import', file, '--format', 'xml')).code).toBe(2);
    expect((await to.keys('import', file, ...jsonl, '--map-role', 'a')).code).toBe(2);
    expect((await to.keys('import', 'postgres://u:secret@127.0.0.1:1/x', ...jsonl)).code).toBe(2);
    expect((await to.keys('import', '/nowhere', ...jsonl)).code).toBe(1);
    expect((await to.keys('import', file, '--organization', 'nobody', ...jsonl)).code).toBe(1);
    const away = await to.keys('import', 'postgres://u:secret@127.0.0.1:1/x', '--format', 'better-auth');
    expect(away.code).toBe(1);
    expect(away.stderr).not.toContain('secret');
    const none = await run({}, 'keys', 'import', file);
    expect(none.code).toBe(2);
    expect(await to.keys('import', file, ...jsonl)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 keys/),
    });
  });
});
