import { describe, expect, test } from 'vitest';
import { operatorPrincipal, systemPrincipal } from '../../../src/access/principal.ts';
import {
  EscalationError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  UnauthenticatedError,
} from '../../../src/core/errors.ts';
import { newId } from '../../../src/core/ids.ts';
import { loadApiKeys, loadSecretsOfKeys } from '../../../src/keys/api-key.ts';
import { createApiKey } from '../../../src/keys/create-api-key.ts';
import { importApiKeys } from '../../../src/keys/import/import-api-keys.ts';
import type { ImportApiKeyInput } from '../../../src/keys/import/read-imports.ts';
import { countKeys } from '../../../src/keys/lists/key-counts.ts';
import { listApiKeys } from '../../../src/keys/lists/list-api-keys.ts';
import { revokeApiKeySecret } from '../../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { hashSecret } from '../../../src/keys/secret.ts';
import { limitApiKeys } from '../../../src/organizations/limit-api-keys.ts';
import { createRole } from '../../../src/roles/create-role.ts';
import { deleteRole } from '../../../src/roles/delete-role.ts';
import { createTeam } from '../../../src/teams/create-team.ts';
import { deleteTeam } from '../../../src/teams/delete-team.ts';
import { verifyApiKey } from '../../../src/verification-host/verify-api-key.ts';
import { auditOf } from '../../support/audit.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { issuesOf } from '../../support/refusals.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../../support/services.ts';
import { countTurns } from '../../support/turns.ts';
import { digest, foreignKey, foreignSecret } from './imports.ts';

const DAY_MS = 86_400_000;

onEachDatabase('importing keys', (engine) => {
  const services = servicesOn(engine);

  const codeOf = async (ctx: Parameters<typeof verifyApiKey>[0], key: string) =>
    (await verifyApiKey(ctx, { key })).code;

  test('keeps everything that is said of a key', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const now = services().clock.now();
    const team = (await createTeam(ctx, { name: 'One' })).result;
    const secret = foreignSecret();
    const given = foreignKey(secret, {
      foreignId: 'key/42 – live',
      name: ' Billing ',
      start: 'acme-',
      environment: 'test',
      description: 'two\nlines',
      grants: ['a.b', 'a.b'],
      teamIds: [team.id],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      externalId: 'customer-7',
      metadata: { a: [1] },
      enabled: false,
      createdAt: now - 10 * DAY_MS,
      expiresAt: now + DAY_MS,
      lastUsedAt: now - DAY_MS,
    });
    const { result } = await importApiKeys(ctx, { keys: [given] });
    expect(result).toEqual({ apiKeyIds: [expect.stringMatching(/^key_/)], created: 1, unchanged: 0 });
    const [key] = await loadApiKeys(ctx, result.apiKeyIds);
    expect(key).toMatchObject({
      organizationId: organization.id,
      foreignId: 'key/42 – live',
      name: 'Billing',
      start: 'acme-',
      environment: 'test',
      description: 'two\nlines',
      grants: ['a.b'],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      externalId: 'customer-7',
      metadata: { a: [1] },
      enabled: false,
      createdAt: now - 10 * DAY_MS,
      rotatedAt: now - 10 * DAY_MS,
      updatedAt: now,
      createdBy: ctx.principal?.actor,
      expiresAt: now + DAY_MS,
      lastUsedAt: now - DAY_MS,
    });
    const found = await listApiKeys(ctx, organization.id, { filter: { search: 'ACME-' } }, {});
    expect(found.edges.map(({ node }) => node.id)).toEqual(result.apiKeyIds);
  });

  test.each([
    ['SHA256', 'sha256'],
    ['SHA384', 'sha384'],
    ['SHA512', 'sha512'],
  ] as const)('accepts secrets whose %s digest was imported, in each encoding', async (algorithm, name) => {
    const { ctx } = await makeOrganization(services());
    for (const encode of [
      (secret: string) => digest(name, secret, 'hex'),
      (secret: string) => digest(name, secret, 'hex').toUpperCase(),
      (secret: string) => digest(name, secret, 'base64'),
      (secret: string) => digest(name, secret, 'base64').replaceAll('=', ''),
      (secret: string) => digest(name, secret, 'base64url'),
    ]) {
      const [secret, further] = [foreignSecret(), foreignSecret()];
      const key = foreignKey(secret, {
        hash: encode(secret),
        algorithm,
        additionalHashes: [encode(further)],
      });
      const { apiKeyIds } = (await importApiKeys(ctx, { keys: [key] })).result;
      for (const one of [secret, further])
        expect(await verifyApiKey(ctx, { key: one })).toMatchObject({ code: 'VALID', keyId: apiKeyIds[0] });
    }
    expect(await codeOf(ctx, foreignSecret())).toBe('NOT_FOUND');
  });

  test('changes nothing when keys are imported again, whatever is said of them', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const [one, other] = [foreignSecret(), foreignSecret()];
    const first = foreignKey(one, { foreignId: 'é' });
    const { apiKeyIds } = (await importApiKeys(ctx, { keys: [first] })).result;
    const [before] = await loadApiKeys(ctx, apiKeyIds);
    const again = {
      ...foreignKey(other, { name: 'B', hash: 'none', algorithm: 'BCRYPT', grants: ['NO'] }),
      foreignId: 'e\u0301',
      roleId: newId('role'),
      expiresAt: 1,
    };
    const second = foreignKey(other);
    const { result } = await importApiKeys(ctx, { keys: [second, again] });
    expect(result).toMatchObject({ created: 1, unchanged: 1 });
    expect(result.apiKeyIds[1]).toBe(apiKeyIds[0]);
    expect(await loadApiKeys(ctx, apiKeyIds)).toEqual([before]);
    const { result: last } = await importApiKeys(ctx, { keys: [second, again] });
    expect(last).toEqual({ ...result, created: 0, unchanged: 2 });
    const created = (await auditOf(ctx)).filter(({ action }) => action === 'api_key.created');
    expect(created).toHaveLength(2);
    const counts = (await countKeys(ctx.db, [organization.id], services().clock.now())).get(organization.id);
    expect(counts).toMatchObject({ active: 2 });
  });

  test('imports a key once that is imported twice at the same time', async () => {
    const { ctx } = await makeOrganization(services());
    const keys = Array.from({ length: 20 }, () => foreignKey(foreignSecret()));
    const results = await Promise.all([
      importApiKeys(ctx, { keys }),
      importApiKeys(ctx, { keys: keys.toReversed() }),
    ]);
    expect(results.map(({ result }) => result.created).toSorted()).toEqual([0, 20]);
    expect(results[0].result.apiKeyIds).toEqual(results[1].result.apiKeyIds.toReversed());
  });

  test('writes of a key its origin into the audit log and announces it, without any hash', async () => {
    const { ctx } = await makeOrganization(services());
    const secret = foreignSecret();
    const key = foreignKey(secret, { grants: ['a'], createdAt: 0 });
    const { apiKeyIds } = (await importApiKeys(ctx, { keys: [key] })).result;
    const log = await auditOf(ctx, apiKeyIds[0]);
    expect(log).toMatchObject([
      {
        action: 'api_key.created',
        changes: {
          foreignId: [null, key.foreignId],
          algorithm: [null, 'SHA256'],
          createdAt: [null, '1970-01-01T00:00:00.000Z'],
          grants: [null, ['a']],
        },
      },
    ]);
    const told = JSON.stringify([log, services().events, services().lines]);
    expect(told).toContain(key.foreignId);
    expect(told).not.toContain(key.hash);
    expect(told).not.toContain('imported_forms');
  });

  test('imports nothing if one of the keys can’t be imported', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const good = foreignKey(foreignSecret());
    for (const bad of [{ roleId: newId('role') }, { teamIds: [newId('team')] }])
      await expect(importApiKeys(ctx, { keys: [good, foreignKey(foreignSecret(), bad)] })).rejects.toThrow(
        NotFoundError,
      );
    expect(await issuesOf(importApiKeys(ctx, { keys: [good, { ...good, foreignId: 'x' }] }))).toHaveLength(1);
    const found = await listApiKeys(ctx, organization.id, {}, {});
    expect(found.edges).toEqual([]);
    expect(await codeOf(ctx, foreignSecret())).toMatch(/MALFORMED|NOT_FOUND/);
  });

  test.each<[string, Partial<ImportApiKeyInput>, string]>([
    ['an empty ID', { foreignId: ' ' }, 'foreignId'],
    ['an ID that is too long', { foreignId: 'x'.repeat(201) }, 'foreignId'],
    ['an ID with a NUL', { foreignId: 'a\0b' }, 'foreignId'],
    ['an empty name', { name: '' }, 'name'],
    ['no hash', { hash: '' }, 'hash'],
    ['a hash that is no text of the digest', { hash: 'z'.repeat(64) }, 'hash'],
    ['a digest of another length', { hash: 'a'.repeat(62) }, 'hash'],
    ['base64 that isn’t canonical', { hash: `${'A'.repeat(42)}B` }, 'hash'],
    ['a hash that is far too long', { hash: 'a'.repeat(1_000_000) }, 'hash'],
    ['a wrong additional hash', { additionalHashes: ['x'] }, 'additionalHashes.0'],
    ['too many additional hashes', { additionalHashes: Array(11).fill('x') }, 'additionalHashes'],
    ['a start that is too short', { start: 'abc' }, 'start'],
    ['a start that is too long', { start: 'x'.repeat(33) }, 'start'],
    ['a start with a space', { start: 'ab cd' }, 'start'],
    ['a start with a line break', { start: 'abcd\n' }, 'start'],
    ['a start like that of a session', { start: 'sess_1234' }, 'start'],
    ['a permission that is none', { grants: ['NO'] }, 'grants.0'],
    ['a network with host bits', { ipAllowlist: ['10.0.0.1/8'] }, 'ipAllowlist.0'],
    ['a rate limit of nothing', { rateLimit: { limit: 0, windowSeconds: 1 } }, 'rateLimit.limit'],
    ['metadata that is too large', { metadata: { a: 'x'.repeat(20_000) } }, 'metadata'],
    ['a creation in the future', { createdAt: Date.now() + 10 * DAY_MS }, 'createdAt'],
    ['a last use in the future', { lastUsedAt: Date.now() + 10 * DAY_MS }, 'lastUsedAt'],
    ['a creation before 1970', { createdAt: -1 }, 'createdAt'],
    ['an expiry that is no time', { expiresAt: 1.5 }, 'expiresAt'],
  ])('refuses %s', async (_what, given, path) => {
    const { ctx } = await makeOrganization(services());
    const keys = [foreignKey(foreignSecret()), foreignKey(foreignSecret(), given)];
    const [issue] = await issuesOf(importApiKeys(ctx, { keys }));
    expect(issue?.path.join('.')).toBe(`input.keys.1.${path}`);
  });

  test('refuses a start that is the whole secret', async () => {
    const { ctx } = await makeOrganization(services());
    const secret = 'sixteen-letters!';
    const key = foreignKey(secret, { start: secret });
    expect(await issuesOf(importApiKeys(ctx, { keys: [key] }))).toMatchObject([
      { path: ['input', 'keys', '0', 'start'] },
    ]);
  });

  test('refuses no keys, too many, the same ID twice, and names at most a hundred issues', async () => {
    const { ctx } = await makeOrganization(services());
    expect(await issuesOf(importApiKeys(ctx, { keys: [] }))).toMatchObject([{ path: ['input', 'keys'] }]);
    const many = Array.from({ length: 501 }, () => foreignKey(foreignSecret()));
    expect(await issuesOf(importApiKeys(ctx, { keys: many }))).toMatchObject([{ path: ['input', 'keys'] }]);
    const [first, second] = [foreignKey(foreignSecret()), foreignKey(foreignSecret())];
    const twice = importApiKeys(ctx, { keys: [first, { ...second, foreignId: first.foreignId }] });
    expect(await issuesOf(twice)).toMatchObject([{ path: ['input', 'keys', '1', 'foreignId'] }]);
    const bad = Array.from({ length: 500 }, () => foreignKey('', { hash: '', name: '', start: '' }));
    expect((await issuesOf(importApiKeys(ctx, { keys: bad }))).length).toBeLessThan(105);
  });

  describe('a secret that exists already', () => {
    test('is refused within the organization, whether it was created or imported', async () => {
      const { ctx } = await makeOrganization(services());
      const own = (await createApiKey(ctx, { name: 'A' })).result;
      const [one, further] = [foreignSecret(), foreignSecret()];
      await importApiKeys(ctx, {
        keys: [foreignKey(one, { additionalHashes: [digest('sha256', further, 'hex')] })],
      });
      for (const secret of [own.secret, one, further]) {
        const keys = [
          foreignKey(foreignSecret()),
          foreignKey(secret, { hash: digest('sha256', secret, 'base64') }),
        ];
        expect(await issuesOf(importApiKeys(ctx, { keys }))).toEqual([
          {
            path: ['input', 'keys', '1', 'hash'],
            message: 'is the hash of a secret that exists already',
          },
        ]);
      }
      expect(await verifyApiKey(ctx, { key: own.secret })).toMatchObject({ keyId: own.apiKey.id });
    });

    test('stays with its key in another organization, which reveals nothing', async () => {
      const [mine, theirs] = [await makeOrganization(services()), await makeOrganization(services())];
      const own = (await createApiKey(theirs.ctx, { name: 'A' })).result;
      const before = await auditOf(theirs.ctx);
      const taken = foreignKey(own.secret, { grants: ['*'] });
      const free = foreignKey(foreignSecret(), { grants: ['*'] });
      const { result } = await importApiKeys(mine.ctx, { keys: [taken, free] });
      expect(result).toMatchObject({ created: 2, unchanged: 0 });
      const [first, second] = await loadApiKeys(mine.ctx, result.apiKeyIds);
      const same = { id: '', foreignId: '', start: '' };
      expect({ ...first, ...same }).toEqual({ ...second, ...same });
      const secrets = await loadSecretsOfKeys(mine.ctx, result.apiKeyIds);
      const shapes = [...secrets.values()].map(([one]) => ({ ...one, id: '', apiKeyId: '' }));
      expect(shapes[0]).toEqual(shapes[1]);
      expect(await verifyApiKey(theirs.ctx, { key: own.secret })).toMatchObject({ keyId: own.apiKey.id });
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back end'));
      expect(await verifyApiKey(operator, { key: own.secret })).toMatchObject({ keyId: own.apiKey.id });
      expect(await codeOf(mine.ctx, own.secret)).toBe('NOT_FOUND');
      expect(await auditOf(theirs.ctx)).toEqual(before);
      expect((await importApiKeys(mine.ctx, { keys: [taken, free] })).result).toMatchObject({ unchanged: 2 });
    });

    test('is refused if the caller sees the other organization, too', async () => {
      const [mine, theirs] = [await makeOrganization(services()), await makeOrganization(services())];
      const own = (await createApiKey(theirs.ctx, { name: 'A' })).result;
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back end'));
      const keys = [foreignKey(own.secret)];
      const organizationId = mine.organization.id;
      expect(await issuesOf(importApiKeys(operator, { organizationId, keys }))).toHaveLength(1);
    });

    test('has one key if two organizations import it at the same time', async () => {
      const [one, other] = [await makeOrganization(services()), await makeOrganization(services())];
      const secrets = Array.from({ length: 30 }, foreignSecret);
      const keys = () => secrets.map((secret) => foreignKey(secret));
      await Promise.all([
        importApiKeys(one.ctx, { keys: keys() }),
        importApiKeys(other.ctx, { keys: keys().toReversed() }),
      ]);
      for (const secret of secrets) {
        const codes = [await codeOf(one.ctx, secret), await codeOf(other.ctx, secret)];
        expect(codes.toSorted()).toEqual(['NOT_FOUND', 'VALID']);
      }
    });
  });

  test('needs the permission, in an organization of the caller', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const other = await makeOrganization(services());
    const keys = [foreignKey(foreignSecret())];
    const reader = contextFor(services(), memberOf(organization.id, ['api.key.create', 'api.key.view']));
    await expect(importApiKeys(reader, { keys })).rejects.toThrow(new ForbiddenError('api.key.import'));
    await expect(importApiKeys(contextFor(services(), null), { keys })).rejects.toThrow(UnauthenticatedError);
    const organizationId = other.organization.id;
    await expect(importApiKeys(ctx, { organizationId, keys })).rejects.toThrow(NotFoundError);
  });

  test('passes on no permission that the caller lacks', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const role = (await createRole(ctx, { name: 'Strong', permissions: ['strong'] })).result;
    const weak = contextFor(services(), memberOf(organization.id, ['api.key.import', 'a.*']));
    const attempt = (given: Partial<ImportApiKeyInput>) =>
      importApiKeys(weak, {
        keys: [foreignKey(foreignSecret(), { grants: ['a.b'] }), foreignKey(foreignSecret(), given)],
      });
    await expect(attempt({ grants: ['b', 'c'] })).rejects.toMatchObject({ permissions: ['b', 'c'] });
    await expect(attempt({ roleId: role.id })).rejects.toMatchObject({ permissions: ['strong'] });
    await expect(attempt({ grants: ['a.c'] })).resolves.toMatchObject({ result: { created: 2 } });
  });

  test('knows no role or team of another organization, and none that was deleted', async () => {
    const { ctx } = await makeOrganization(services());
    const other = await makeOrganization(services());
    const role = (await createRole(ctx, { name: 'A', permissions: [] })).result;
    const team = (await createTeam(ctx, { name: 'A' })).result;
    const foreignRole = (await createRole(other.ctx, { name: 'A', permissions: [] })).result;
    const foreignTeam = (await createTeam(other.ctx, { name: 'A' })).result;
    await deleteRole(ctx, { id: role.id });
    await deleteTeam(ctx, { id: team.id });
    for (const id of [role.id, foreignRole.id, 'role_x', 'x\0'])
      await expect(
        importApiKeys(ctx, { keys: [foreignKey(foreignSecret(), { roleId: id })] }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND', id });
    for (const id of [team.id, foreignTeam.id, 'x\0'])
      await expect(
        importApiKeys(ctx, { keys: [foreignKey(foreignSecret(), { teamIds: [id] })] }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND', id });
  });

  test('lets a key import at most its own restrictions', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const team = (await createTeam(ctx, { name: 'A' })).result;
    const expiresAt = services().clock.now() + DAY_MS;
    const facts = { expiresAt, rateLimit: { limit: 10, windowSeconds: 60 }, teamIds: [team.id] };
    const caller = contextFor(services(), keyCaller(organization.id, ['*'], facts));
    const loose = importApiKeys(caller, { keys: [foreignKey(foreignSecret(), { environment: 'test' })] });
    await expect(loose).rejects.toThrow(EscalationError);
    await expect(loose).rejects.toMatchObject({
      restrictions: ['ENVIRONMENT', 'EXPIRES_AT', 'RATE_LIMIT', 'TEAMS'],
    });
    const tight = { expiresAt, rateLimit: { limit: 1, windowSeconds: 60 }, teamIds: [team.id] };
    const keys = [foreignKey(foreignSecret(), tight)];
    expect((await importApiKeys(caller, { keys })).result.created).toBe(1);
    expect((await importApiKeys(caller, { keys })).result.unchanged).toBe(1);
  });

  test('returns no key of other teams to a key that is bound to a team', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const team = (await createTeam(ctx, { name: 'A' })).result;
    const keys = [foreignKey(foreignSecret())];
    await importApiKeys(ctx, { keys });
    const caller = contextFor(services(), keyCaller(organization.id, ['*'], { teamIds: [team.id] }));
    expect(await issuesOf(importApiKeys(caller, { keys }))).toMatchObject([
      { path: ['input', 'keys', '0', 'foreignId'] },
    ]);
  });

  test('serves other work while many hashes are imported', async () => {
    const { ctx } = await makeOrganization(services());
    const [keysMax, hashesMax] = [500, 11];
    const hash = () => digest('sha256', foreignSecret(), 'hex');
    const keys = Array.from({ length: keysMax }, () =>
      foreignKey(foreignSecret(), { additionalHashes: Array.from({ length: hashesMax - 1 }, hash) }),
    );
    // Each key takes a whole turn. The turns of the event loop in which it was over:
    const over = new Set<number>();
    const turns = countTurns();
    let now = 0;
    const monotonic = () => {
      over.add(turns.count);
      now += 8;
      return now;
    };
    const { result } = await importApiKeys({ ...ctx, clock: { now: ctx.clock.now, monotonic } }, { keys });
    turns.stop();
    expect(result.created).toBe(keysMax);
    // When it is validated, when its secrets are prepared, and when it is recorded.
    expect(over.size).toBeGreaterThan(3 * keysMax - 10);
  });

  test('returns no key that was there before to a caller who can’t view it', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const before = foreignKey(foreignSecret());
    const { apiKeyIds } = (await importApiKeys(ctx, { keys: [before] })).result;
    const own = foreignKey(foreignSecret());
    const keys = [before, own];
    for (const permissions of [['api.key.import'], ['api.key.import', 'api.key.update']]) {
      const blind = contextFor(services(), memberOf(organization.id, permissions));
      const again = (await importApiKeys(blind, { keys })).result;
      expect(again.unchanged).toBe(permissions.length);
      expect(again.apiKeyIds).toHaveLength(2 - again.unchanged);
      expect(again.apiKeyIds).not.toContain(apiKeyIds[0]);
    }
    const seeing = contextFor(services(), memberOf(organization.id, ['api.key.import', 'api.key.view']));
    expect((await importApiKeys(seeing, { keys })).result.apiKeyIds).toEqual([
      apiKeyIds[0],
      expect.stringMatching(/^key_/),
    ]);
  });

  test('counts active keys towards the limit, and no others', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const cli = contextFor(services(), systemPrincipal('cli'));
    await limitApiKeys(cli, { organization: organization.id, maxActiveApiKeys: 2 });
    const make = (given: Partial<ImportApiKeyInput> = {}) => foreignKey(foreignSecret(), given);
    const idle = [make({ enabled: false }), make({ expiresAt: services().clock.now() })];
    expect((await importApiKeys(ctx, { keys: [make(), ...idle] })).result.created).toBe(3);
    await expect(importApiKeys(ctx, { keys: [make(), make()] })).rejects.toThrow(LimitExceededError);
    expect((await importApiKeys(ctx, { keys: [make(), ...idle] })).result.created).toBe(1);
  });

  test('imports expired and disabled keys as such', async () => {
    const { ctx } = await makeOrganization(services());
    const [expired, disabled] = [foreignSecret(), foreignSecret()];
    const expiresAt = services().clock.now() - 1;
    await importApiKeys(ctx, {
      keys: [foreignKey(expired, { expiresAt }), foreignKey(disabled, { enabled: false })],
    });
    expect(await codeOf(ctx, expired)).toBe('EXPIRED');
    expect(await codeOf(ctx, disabled)).toBe('DISABLED');
  });

  test('rotates all secrets of an imported key, and revokes each', async () => {
    const { ctx } = await makeOrganization(services());
    const secrets = [foreignSecret(), foreignSecret(), foreignSecret()];
    const [first = '', ...others] = secrets;
    const key = foreignKey(first, { additionalHashes: others.map((one) => digest('sha256', one, 'hex')) });
    const { apiKeyIds } = (await importApiKeys(ctx, { keys: [key] })).result;
    const [id = ''] = apiKeyIds;
    const known = (await loadSecretsOfKeys(ctx, [id])).get(id) ?? [];
    expect(known.map(({ replacedAt, expiresAt, start }) => [replacedAt, expiresAt, start])).toEqual(
      Array(3).fill([null, null, '']),
    );
    const { secretId } = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id as secretId')
      .where('hash', '=', hashSecret(first))
      .executeTakeFirstOrThrow();
    await revokeApiKeySecret(ctx, { id: secretId });
    expect(await Promise.all(secrets.map((one) => codeOf(ctx, one)))).toEqual(['REVOKED', 'VALID', 'VALID']);
    const rotated = (await rotateApiKey(ctx, { id, overlapSeconds: 60 })).result;
    expect(await Promise.all(others.map((one) => codeOf(ctx, one)))).toEqual(['VALID', 'VALID']);
    services().clock.advance(60_000);
    expect(await Promise.all(others.map((one) => codeOf(ctx, one)))).toEqual(['EXPIRED', 'EXPIRED']);
    expect(await codeOf(ctx, rotated.secret)).toBe('VALID');
  });

  test('ends all secrets of an imported key with a rotation without overlap', async () => {
    const { ctx } = await makeOrganization(services());
    const secrets = [foreignSecret(), foreignSecret()] as const;
    const key = foreignKey(secrets[0], { additionalHashes: [digest('sha256', secrets[1], 'hex')] });
    const [id = ''] = (await importApiKeys(ctx, { keys: [key] })).result.apiKeyIds;
    await rotateApiKey(ctx, { id, overlapSeconds: 0 });
    expect(await Promise.all(secrets.map((one) => codeOf(ctx, one)))).toEqual(['REVOKED', 'REVOKED']);
  });
});
