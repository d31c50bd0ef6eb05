import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRole } from '../../../src/roles/create-role.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone } from '../../support/live.ts';
import { makeApiKey } from '../../support/server.ts';
import { movingOn } from './moving.ts';
import { fileWith, temporaryFolder } from './read.ts';

onEachDatabase('keys export', (engine) => {
  const moving = movingOn(engine);

  test('writes a new file that only its owner can read, and records it', async () => {
    const from = await moving();
    const { id } = await makeApiKey(from.server, from.organizationId, { name: 'One' });
    const path = join(temporaryFolder(), 'export.jsonl');
    const ran = await from.keys('export', '--output', path);
    expect(ran).toEqual({
      code: 0,
      stdout: `Exported 1 key to ${path}\n`,
      stderr: expect.stringContaining('contains the hashes of all secrets'),
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [organization, ...rest] = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(organization).toMatchObject({ type: 'organization', version: 1, name: 'Acme', keyPrefix: 'kw' });
    expect(rest).toMatchObject([
      { type: 'member', role: 'owner' },
      {
        type: 'key',
        foreignId: id,
        secrets: [{ algorithm: 'SHA256', hash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
      { type: 'end', lines: 3 },
    ]);
    const entries = await from.server.services.db
      .selectFrom('audit_log')
      .select(['actor', 'target_id', 'changes'])
      .where('organization_id', '=', from.organizationId)
      .where('action', '=', 'organization.exported')
      .execute();
    expect(entries).toEqual([{ actor: 'cli', target_id: from.organizationId, changes: '{}' }]);
  });

  test('replaces no file, and has no other organization in it', async () => {
    const from = await moving();
    const other = await moving();
    await makeApiKey(other.server, other.organizationId, { name: 'Of another' });
    const path = fileWith('precious');
    expect(await from.keys('export', '--output', path)).toMatchObject({ code: 1, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    const { code, stdout } = await from.keys('export', '--output', '-');
    expect(code).toBe(0);
    expect(stdout).not.toContain('Of another');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('{"type":"end","lines":2}');
    expect((await from.keys('export', '--output', '-', '--organization', 'nobody')).code).toBe(1);
    expect((await from.keys('export')).stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('a role with other permissions never takes the place of the exported one', async () => {
    const from = await moving();
    const to = await moving();
    const ctx = anyone(from.server);
    const { result: role } = await createRole(ctx, {
      ...{ organizationId: from.organizationId, name: 'Reader', permissions: ['api.key.view'] },
    });
    await makeApiKey(from.server, from.organizationId, { name: 'Reads', roleId: role.id });
    await createRole(anyone(to.server), {
      ...{ organizationId: to.organizationId, name: 'reader', permissions: ['*'] },
    });
    const path = join(temporaryFolder(), 'export.jsonl');
    await from.keys('export', '--output', path);
    // Its secrets are still those of the other organization.
    const content = readFileSync(path, 'utf8').replace(/"hash":"[0-9a-f]{4}/g, '"hash":"0000');
    writeFileSync(path, content);
    const refused = await to.keys('import', path, '--format', 'jsonl');
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^0 keys imported, .* 2 rejected/),
    });
    expect(refused.stderr).toContain('permissions: differ from those of the role with this name');
    expect(refused.stderr).toContain('there is no role with the name Reader');
    const mapped = await to.keys('import', path, '--format', 'jsonl', '--map-role', 'Reader=member');
    expect(mapped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 key imported/) });
  });

  test('an export that was cut off is imported as far as it goes, and reported', async () => {
    const from = await moving();
    const to = await moving();
    await makeApiKey(from.server, from.organizationId);
    const { stdout } = await from.keys('export', '--output', '-');
    const content = stdout.replace(/"hash":"[0-9a-f]{4}/g, '"hash":"1111');
    const file = fileWith(content.slice(0, content.lastIndexOf('{"type":"end"')));
    const ran = await to.keys('import', file, '--format', 'jsonl');
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/^1 key imported/) });
    expect(ran.stderr).toContain('The export is incomplete');
    const newer = fileWith(content.replace('"version":1', '"version":2'));
    expect((await to.keys('import', newer, '--format', 'jsonl')).stderr).toContain('version: must be 1');
  });

  test('a secret that exists in this installation is not imported again', async () => {
    const from = await moving();
    const to = await moving();
    const { secret } = await makeApiKey(from.server, from.organizationId);
    const { stdout } = await from.keys('export', '--output', '-');
    const ran = await to.keys('import', fileWith(stdout), '--format', 'jsonl');
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/^0 keys imported/) });
    expect(ran.stderr).toContain('is the hash of a secret that exists already');
    expect(await from.verify(secret)).toMatchObject({ valid: true, apiKey: { name: 'A key' } });
  });
});
