import { expect, test } from 'vitest';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { authenticateKey } from '../../src/verification-host/authenticate.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

onEachDatabase('in the whole life of a key', (engine) => {
  const services = servicesOn(engine);

  async function live() {
    const { ctx, organization } = await makeOrganization(services());
    services().statements.length = 0;
    const { apiKey, secret } = (await createApiKey(ctx, { name: 'A' })).result;
    const { id } = apiKey;
    const rotated = (await rotateApiKey(ctx, { id })).result;
    const answers = [
      await verifyApiKey(ctx, { key: secret }),
      await verifyApiKey(ctx, { key: rotated.secret }),
      await authenticateKey(services(), secret, null),
      await updateApiKey(ctx, { id, name: 'B' }),
      await listApiKeys(ctx, organization.id, { filter: { search: secret.slice(0, 16) } }, {}),
      await findApiKey(ctx, id),
      await revokeApiKeySecret(ctx, { id: rotated.retiring.id }),
      await revokeApiKey(ctx, { id }),
      await verifyApiKey(ctx, { key: secret }),
      rotated.apiKey,
      rotated.retiring,
      apiKey,
    ];
    await services().usage.flush();
    return { ctx, answers, secrets: [secret, rotated.secret] };
  }

  test('no answer, event, log line or table holds a secret, and only one column its hash', async () => {
    const { ctx, answers, secrets } = await live();
    const tables = [
      await ctx.db.selectFrom('api_keys').selectAll().execute(),
      await ctx.db.selectFrom('api_key_usage').selectAll().execute(),
      await ctx.db.selectFrom('audit_log').selectAll().execute(),
    ];
    const stored = await ctx.db.selectFrom('api_key_secrets').selectAll().execute();
    const shown = JSON.stringify([answers, services().events, services().lines, tables]);
    for (const secret of secrets) {
      // All that may be seen of it is its display form.
      expect(shown).not.toContain(secret.slice(17));
      expect(shown).not.toContain(hashSecret(secret));
      expect(JSON.stringify(stored)).not.toContain(secret.slice(17));
      expect(stored.filter((row) => row.hash === hashSecret(secret))).toHaveLength(1);
    }
  });

  test('no query reads a hash: secrets are looked up by it', async () => {
    await live();
    const naming = services().statements.filter((statement) => statement.includes('"hash"'));
    expect(naming.length).toBeGreaterThan(0);
    for (const statement of naming) {
      if (statement.startsWith('insert into "api_key_secrets"')) continue;
      const [selected, condition] = statement.split(' where ');
      expect(selected).not.toContain('hash');
      expect(condition).toContain('"api_key_secrets"."hash" = ?');
    }
    const selectsAll = /(?:select|,)\s+(?:"[^"]+"\.)?\*/;
    expect(services().statements.filter((statement) => selectsAll.test(statement))).toEqual([]);
  });
});
