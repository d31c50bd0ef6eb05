import { expect, test } from 'vitest';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { newId } from '../../../src/core/ids.ts';
import type { RestoredKey, RestoredSecret } from '../../../src/keys/export/read-restored-keys.ts';
import { restoreApiKeys } from '../../../src/keys/export/restore-api-keys.ts';
import { importApiKeys } from '../../../src/keys/import/import-api-keys.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { issuesOf } from '../../support/refusals.ts';
import { contextFor, makeOrganization, servicesOn } from '../../support/services.ts';
import { HASHES } from '../import/hashes.ts';
import { foreignKey, foreignSecret } from '../import/imports.ts';

const START = 'acme-same';

async function bcrypted(count: number, start = START): Promise<RestoredSecret[]> {
  const hashes = await Promise.all(Array.from({ length: count }, () => HASHES.BCRYPT(foreignSecret())));
  const times = { createdAt: 0, replacedAt: null, expiresAt: null, revokedAt: null, lastUsedAt: null };
  return hashes.map((hash) => ({ algorithm: 'BCRYPT', hash, start, uses: 0, ...times }));
}

function restored(...secrets: RestoredSecret[]): RestoredKey {
  return {
    foreignId: newId('evt'),
    name: 'Restored',
    environment: 'live',
    createdAt: 0,
    updatedAt: 0,
    rotatedAt: 0,
    revokedAt: null,
    revocationReason: null,
    lastUsedAt: null,
    lastUsedIp: null,
    secrets,
  };
}

onEachDatabase('restoring keys of an export', (engine) => {
  const services = servicesOn(engine);

  test('admits no more than eight password hashes with the same start, imported ones included', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const cli = contextFor(services(), systemPrincipal('cli'));
    const restore = (...keys: RestoredKey[]) =>
      restoreApiKeys(cli, { organizationId: organization.id, keys });
    const issues = async (...keys: RestoredKey[]) =>
      (await issuesOf(restore(...keys))).map(({ path }) => path.join('.'));
    const [first, ...others] = await bcrypted(9);
    if (!first) throw new Error('There is no secret');
    const other = await bcrypted(1, 'acme-other');
    expect(await issues(restored(...(await bcrypted(1, ''))))).toEqual(['input.keys.0.secrets.0.start']);
    expect(await issues(restored(first), restored(...other, ...others))).toEqual([
      'input.keys.1.secrets.8.start',
    ]);
    const key = foreignKey('', { algorithm: 'BCRYPT', hash: first.hash, start: START });
    await importApiKeys(ctx, { keys: [key] });
    expect((await restore(restored(...other, ...others.slice(0, 7)))).result.created).toBe(1);
    expect(await issues(restored(...others.slice(7)))).toEqual(['input.keys.0.secrets.0.start']);
    expect((await restore(restored(...(await bcrypted(1, 'acme-other'))))).result.created).toBe(1);
  });
});
