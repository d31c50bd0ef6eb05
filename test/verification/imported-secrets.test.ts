import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { importApiKeys } from '../../src/keys/import/import-api-keys.ts';
import type { ImportApiKeyInput } from '../../src/keys/import/read-imports.ts';
import type { HashAlgorithm } from '../../src/keys/import/stored-hash.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { generateSecret, hashSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { authenticateKey } from '../../src/verification-host/authenticate.ts';
import { createImportedSecrets } from '../../src/verification-host/imported-secrets.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { b64, HASHES, PEPPER, salt } from '../keys/import/hashes.ts';
import { digest, foreignKey, foreignSecret } from '../keys/import/imports.ts';
import { onEachDatabase } from '../support/databases.ts';
import { otherProcess } from '../support/lookups.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, servicesOn, type TestServices } from '../support/services.ts';

const ALGORITHMS = Object.keys(HASHES) as (keyof typeof HASHES)[];

const PASSWORDS = ALGORITHMS.slice(3);

async function keyWith(
  algorithm: keyof typeof HASHES,
  secret: string,
  given: Partial<ImportApiKeyInput> = {},
) {
  return foreignKey(secret, {
    hash: await HASHES[algorithm](secret),
    algorithm,
    start: secret.slice(0, 12),
    ...given,
  });
}

/** Services with a pepper. */
function peppered(services: TestServices): TestServices {
  const config = { ...services.config, importPeppers: new Map([['OLD', PEPPER]]) };
  return { ...services, config, imported: createImportedSecrets(services, config.importPeppers) };
}

onEachDatabase('imported secrets', (engine) => {
  const open = servicesOn(engine);
  const make = async () => {
    const services = peppered(open());
    return { services, ...(await makeOrganization(services)) };
  };
  const storedHashes = async (keyIds: readonly string[]) => {
    const rows = await open()
      .db.selectFrom('api_key_secrets')
      .select('hash')
      .where('api_key_id', 'in', keyIds)
      .execute();
    return rows.map(({ hash }) => hash);
  };

  // The first test: nothing has been imported on this database.
  test('cost an installation without imports no query for any unknown secret', async () => {
    const { ctx } = await make();
    await verifyApiKey(ctx, { key: foreignSecret() });
    open().statements.length = 0;
    for (const key of [...Array.from({ length: 20 }, foreignSecret), 'x', 'a b', 'x'.repeat(600)])
      expect(await verifyApiKey(ctx, { key })).toMatchObject({ code: 'MALFORMED' });
    for (let count = 0; count < 20; count += 1)
      expect(await verifyApiKey(ctx, { key: generateSecret('kw', 'live') })).toMatchObject({
        code: 'NOT_FOUND',
      });
    expect(open().statements).toEqual([]);
  });

  test.each(ALGORITHMS)('are accepted by their %s hash, which SHA-256 replaces once', async (algorithm) => {
    const { ctx, services } = await make();
    const [secret, further] = ['', ''].map(() => `${algorithm}-start-${foreignSecret()}`) as [string, string];
    const additionalHashes = [await HASHES[algorithm](further)];
    const keys = [await keyWith(algorithm, secret, { additionalHashes })];
    const { apiKeyIds } = (await importApiKeys(ctx, { keys })).result;
    const accepted = { code: 'VALID', keyId: apiKeyIds[0] };
    expect(await verifyApiKey(ctx, { key: secret, ip: '192.0.2.7' })).toMatchObject(accepted);
    await services.imported.settled();
    expect(await storedHashes(apiKeyIds)).toContain(hashSecret(secret));
    expect(await storedHashes(apiKeyIds)).not.toContain(hashSecret(further));
    expect(await verifyApiKey(ctx, { key: secret, ip: '192.0.2.7' })).toMatchObject(accepted);
    expect(await verifyApiKey(ctx, { key: ` ${further}\n` })).toMatchObject(accepted);
    await services.imported.settled();
    expect((await storedHashes(apiKeyIds)).toSorted()).toEqual([secret, further].map(hashSecret).toSorted());
    expect(await verifyApiKey(ctx, { key: `${secret}x` })).toMatchObject({ code: 'NOT_FOUND' });
    // Every other hash is gone, so that only the cache or one indexed read is needed.
    open().statements.length = 0;
    expect(await verifyApiKey(ctx, { key: secret })).toMatchObject(accepted);
    expect(open().statements).toEqual([]);
  });

  test.each(PASSWORDS)(
    'with a %s hash authenticate callers, on whichever server is first',
    async (algorithm) => {
      const { ctx, services } = await make();
      const secret = `auth-${algorithm}-${foreignSecret()}`;
      const { apiKeyIds } = (await importApiKeys(ctx, { keys: [await keyWith(algorithm, secret)] })).result;
      const other = await otherProcess(ctx);
      const elsewhere = { ...services, ...other.ctx, imported: createImportedSecrets(other.ctx, new Map()) };
      const callers = await Promise.all(
        [services, elsewhere, services, elsewhere].map((one) => authenticateKey(one, secret, '192.0.2.1')),
      );
      expect(callers.map((caller) => caller?.keyId)).toEqual(Array(4).fill(apiKeyIds[0]));
      await Promise.all([services.imported.settled(), elsewhere.imported.settled()]);
      expect(await storedHashes(apiKeyIds)).toEqual([hashSecret(secret)]);
      expect((await authenticateKey(elsewhere, secret, null))?.keyId).toBe(apiKeyIds[0]);
      await other.close();
    },
  );

  test('are denied like others, without replacing the hash, when their key is', async () => {
    const { ctx, services } = await make();
    const secret = `denied-${foreignSecret()}`;
    const { apiKeyIds } = (await importApiKeys(ctx, { keys: [await keyWith('BCRYPT', secret)] })).result;
    const [id = ''] = apiKeyIds;
    await updateApiKey(ctx, { id, enabled: false });
    expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ code: 'DISABLED' });
    await updateApiKey(ctx, { id, enabled: true, expiresAt: services.clock.now() + 1 });
    expect(await verifyApiKey(ctx, { key: secret, permissions: ['none'] })).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
    });
    services.clock.advance(1);
    expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ code: 'EXPIRED' });
    await revokeApiKey(ctx, { id });
    expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ code: 'REVOKED' });
    await services.imported.settled();
    expect(await storedHashes(apiKeyIds)).not.toContain(hashSecret(secret));
  });

  test('are known on another server as soon as the import has returned', async () => {
    const { ctx } = await make();
    const other = await otherProcess(ctx);
    const elsewhere = { ...ctx, ...other.ctx, imported: createImportedSecrets(other.ctx, new Map()) };
    for (const algorithm of ['SHA512', ...PASSWORDS] as const) {
      // A length of the start that is new.
      const secret = `${algorithm}${'x'.repeat(10)}${foreignSecret()}`;
      expect(await verifyApiKey(elsewhere, { key: secret })).not.toMatchObject({ valid: true });
      const start = secret.slice(0, 20 + PASSWORDS.indexOf(algorithm as never));
      await importApiKeys(ctx, { keys: [await keyWith(algorithm, secret, { start })] });
      if (engine === 'sqlite')
        expect(await verifyApiKey(elsewhere, { key: secret })).toMatchObject({ valid: true });
      else expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ valid: true });
    }
    await elsewhere.imported.settled();
    await other.close();
  });

  test('belong to the organization that the caller sees', async () => {
    const [mine, theirs] = [await make(), await make()];
    const secret = `seen-${foreignSecret()}`;
    const [here, there] = [await keyWith('BCRYPT', secret), await keyWith('BCRYPT', secret)];
    const first = (await importApiKeys(mine.ctx, { keys: [here] })).result.apiKeyIds[0];
    await importApiKeys(theirs.ctx, { keys: [there] });
    expect(await verifyApiKey(mine.ctx, { key: secret })).toMatchObject({ keyId: first });
    await mine.services.imported.settled();
    // Whoever was accepted first has the secret; nobody else ever shows as its owner.
    expect(await verifyApiKey(theirs.ctx, { key: secret })).toMatchObject({ code: 'NOT_FOUND' });
    const operator = contextFor(mine.services, operatorPrincipal(newId('op'), 'back end'));
    expect(await verifyApiKey(operator, { key: secret })).toMatchObject({ keyId: first });
  });

  describe('that are only guessed', () => {
    test('are compared with no hash unless a visible start matches', async () => {
      const { ctx } = await make();
      await importApiKeys(ctx, { keys: [await keyWith('BCRYPT', `guess-me-${foreignSecret()}`)] });
      let compared = 0;
      const allows = () => {
        compared += 1;
        return true;
      };
      const watched = { ...ctx, failures: { ...bound(ctx.failures), allowsFor: allows } };
      await verifyApiKey(watched, { key: `other-start-${foreignSecret()}` });
      const withoutMatch = compared;
      await verifyApiKey(watched, { key: `guess-me-${foreignSecret()}` });
      expect(withoutMatch).toBeLessThanOrEqual(1);
      expect(await verifyApiKey(watched, { key: `guess-me-${foreignSecret()}` })).toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    test('are not compared once the client has used up its failures', async () => {
      const { ctx } = await make();
      const secret = `limit-it-${foreignSecret()}`;
      await importApiKeys(ctx, { keys: [await keyWith('BCRYPT', secret)] });
      const exhausted = { ...ctx, failures: { ...bound(ctx.failures), allowsFor: () => false } };
      open().statements.length = 0;
      expect(await verifyApiKey(exhausted, { key: secret })).toMatchObject({ valid: false });
      expect(open().statements.filter((text) => text.includes('api_key_secrets'))).toEqual([]);
      expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ valid: true });
    });

    test('wait in a queue that is bounded, and delay no ordinary key', async () => {
      const { ctx, services } = await make();
      const secret = `queue-up-${foreignSecret()}`;
      const plain = foreignSecret();
      await importApiKeys(ctx, { keys: [await keyWith('BCRYPT', secret), foreignKey(plain)] });
      const order: string[] = [];
      const flood = Array.from({ length: 200 }, () =>
        verifyApiKey(ctx, { key: `queue-up-${foreignSecret()}` }).then(
          ({ code }) => order.push(code),
          (error: { code: string }) => order.push(error.code),
        ),
      );
      const ordinary = verifyApiKey(ctx, { key: plain }).then(({ code }) => order.push(code));
      await Promise.all([...flood, ordinary]);
      expect(order.filter((code) => code === 'UNAVAILABLE').length).toBeGreaterThan(50);
      expect(order.indexOf('VALID')).toBeLessThan(order.lastIndexOf('NOT_FOUND'));
      expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ valid: true });
      await services.imported.settled();
    });
  });

  test('need a start, no more than eight with the same, and a pepper that is configured', async () => {
    const { ctx } = await make();
    const secret = foreignSecret();
    const issues = async (keys: ImportApiKeyInput[]) =>
      (await issuesOf(importApiKeys(ctx, { keys }))).map(({ path }) => path.join('.'));
    expect(await issues([await keyWith('BCRYPT', secret, { start: null })])).toEqual(['input.keys.0.start']);
    const alike = await Promise.all(
      Array.from({ length: 9 }, () => keyWith('BCRYPT', foreignSecret(), { start: 'acme-same' })),
    );
    expect(await issues(alike)).toEqual(['input.keys.8.start']);
    await importApiKeys(ctx, { keys: alike.slice(0, 8) });
    expect(await issues(alike)).toEqual(['input.keys.8.start']);
    const hash = digest('sha256', secret, 'hex');
    for (const one of [hash, `NONE:${hash}`, 'OLD:x', `old:${hash}`])
      expect(await issues([foreignKey(secret, { hash: one, algorithm: 'HMAC_SHA256' })])).toEqual([
        'input.keys.0.hash',
      ]);
  });

  test('are refused with hashes that would cost too much, or are none', async () => {
    const { ctx } = await make();
    const [s, h] = [b64(salt), b64(Buffer.alloc(32))];
    const hostile: readonly (readonly [HashAlgorithm, string])[] = [
      ['BCRYPT', `$2b$15$${'a'.repeat(53)}`],
      ['BCRYPT', `$2b$31$${'a'.repeat(53)}`],
      ['BCRYPT', `$2b$03$${'a'.repeat(53)}`],
      ['BCRYPT', `$2b$10$${'a'.repeat(52)}`],
      ['BCRYPT', `$2b$10$${'a'.repeat(53)}\n`],
      ['BCRYPT', `$argon2id$v=19$m=64,t=1,p=1$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=4194304,t=1,p=1$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=131072,t=10,p=1$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=99,p=1$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=1,p=99$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=1,p=0$${s}$${h}`],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=1,p=1$${s}$!!`],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=1,p=1$AA$${h}`],
      ['ARGON2ID', `$argon2i$v=19$m=64,t=1,p=1$${s}$${h}`],
      ['SCRYPT', `$scrypt$ln=30,r=8,p=1$${s}$${h}`],
      ['SCRYPT', `$scrypt$ln=17,r=16,p=16$${s}$${h}`],
      ['SCRYPT', `$scrypt$ln=0,r=8,p=1$${s}$${h}`],
      ['SCRYPT', `$scrypt$ln=4,r=8,p=0$${s}$${h}`],
      ['PBKDF2_SHA256', `$pbkdf2-sha256$i=9999999$${s}$${h}`],
      ['PBKDF2_SHA256', `$pbkdf2-sha256$i=0$${s}$${h}`],
      ['PBKDF2_SHA256', `$pbkdf2-sha256$i=10$${s}$${'A'.repeat(400)}`],
      ['PBKDF2_SHA256', '$'.repeat(512)],
      ['ARGON2ID', `$argon2id$v=19$m=64,t=1,p=1$${'A'.repeat(100_000)}`],
    ];
    for (const [algorithm, hash] of hostile) {
      const keys = [foreignKey('', { algorithm, hash, start: 'acme' })];
      expect(
        (await issuesOf(importApiKeys(ctx, { keys }))).map(({ path }) => path.at(-1)),
        hash,
      ).toEqual(['hash']);
    }
  });

  test('longer than bcrypt tells apart are not accepted', async () => {
    const { ctx } = await make();
    const secret = `bcrypt-long-${'x'.repeat(70)}`;
    await importApiKeys(ctx, { keys: [await keyWith('BCRYPT', secret)] });
    expect(await verifyApiKey(ctx, { key: secret })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await verifyApiKey(ctx, { key: `${secret.slice(0, 72)}y` })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

/** An object whose methods can be spread. */
function bound<T extends TestServices['failures']>(failures: T): TestServices['failures'] {
  return {
    policy: failures.policy,
    count: (ip) => failures.count(ip),
    countFor: (caller, ip) => failures.countFor(caller, ip),
    allows: (ip) => failures.allows(ip),
    allowsFor: (caller, ip) => failures.allowsFor(caller, ip),
  };
}
