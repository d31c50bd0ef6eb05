import { expect, test } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { generateSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { authenticateKey } from '../../src/verification-host/authenticate.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, roleNamed, servicesOn } from '../support/services.ts';

onEachDatabase('a key as a caller', (engine) => {
  const services = servicesOn(engine);

  test('holds what its role and grants hold, in its own organization only', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const other = await makeOrganization(services());
    const roleId = (await roleNamed(ctx, organization.id, 'member')).id;
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A', roleId, grants: ['api.key.create'] }))
      .result;
    const caller = await authenticateKey(services(), secret, '192.0.2.1');
    expect(caller).toMatchObject({ kind: 'key', keyId: apiKey.id, actor: apiKey.id });
    expect(caller?.organizationIds).toEqual([organization.id]);
    expect(caller?.permissionsIn(organization.id)).toEqual([
      'api.key.create',
      'api.key.view',
      'organization.view',
      'team.view',
    ]);
    expect(caller?.can(other.organization.id, 'api.key.view')).toBe(false);
    expect(services().events.at(-1)).toMatchObject({ type: 'use', keyId: apiKey.id, ip: '192.0.2.1' });
  });

  test('is nobody where the key is not accepted', async () => {
    const { ctx } = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A', ipAllowlist: ['10.0.0.0/8'] })).result;
    expect(await authenticateKey(services(), secret, '10.0.0.1')).not.toBeNull();
    expect(await authenticateKey(services(), secret, '192.0.2.1')).toBeNull();
    expect(await authenticateKey(services(), secret, null)).toBeNull();
    expect(await authenticateKey(services(), `${secret}x`, '10.0.0.1')).toBeNull();
    expect(await authenticateKey(services(), generateSecret('kw', 'live'), '10.0.0.1')).toBeNull();
    await updateApiKey(ctx, { id: apiKey.id, enabled: false });
    expect(await authenticateKey(services(), secret, '10.0.0.1')).toBeNull();
    expect(services().events.at(-1)).toMatchObject({ type: 'denial', code: 'DISABLED', keyId: apiKey.id });
  });

  test('does not use up the key’s rate limit', async () => {
    const { ctx } = await makeOrganization(services());
    const rateLimit = { limit: 1, windowSeconds: 60 };
    const { secret } = (await createApiKey(ctx, { name: 'A', rateLimit })).result;
    for (let turn = 0; turn < 3; turn += 1)
      expect(await authenticateKey(services(), secret, null)).not.toBeNull();
  });
});
