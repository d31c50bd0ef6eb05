import { hash as bcrypt } from '@node-rs/bcrypt';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { operatorPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { readVerifyQuery } from '../../src/http/verify/verify-query.ts';
import { importApiKeys } from '../../src/keys/import/import-api-keys.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifySecret } from '../../src/verification/verify.ts';
import { createImportedSecrets } from '../../src/verification-host/imported-secrets.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { foreignKey, foreignSecret } from '../keys/import/imports.ts';
import { onEachDatabase } from '../support/databases.ts';
import { Notes, planOf } from '../support/plans.ts';
import { contextFor, keyCaller, makeOrganization, servicesOn } from '../support/services.ts';

/** Organizations that moved from the same product, each with as many secrets of a start as it may have. */
const TENANTS = 15;
const SECRETS = 8;

/** Secrets of further organizations, so many that the engine's choice of an index matters. */
const MANY = 8_000;

const START = 'acme_live_';

onEachDatabase('a start that many organizations share', (engine) => {
  const services = servicesOn(engine);
  const tenants: { ctx: GraphQLContext; organizationId: string; teamId: string; secrets: string[] }[] = [];

  beforeAll(async () => {
    for (let tenant = 0; tenant < TENANTS; tenant += 1) {
      const { ctx, organization } = await makeOrganization(services(), `Tenant ${tenant}`);
      const teamId = (await createTeam(ctx, { name: 'Team' })).result.id;
      const secrets = Array.from({ length: SECRETS }, () => `${START}${foreignSecret()}`);
      const keys = await Promise.all(
        secrets.map(async (secret) =>
          foreignKey(secret, { hash: await bcrypt(secret, 4), algorithm: 'BCRYPT', start: START }),
        ),
      );
      // The last one is of a team.
      await importApiKeys(ctx, {
        keys: keys.map((key, index) => ({ ...key, teamIds: index === SECRETS - 1 ? [teamId] : [] })),
      });
      tenants.push({ ctx, organizationId: organization.id, teamId, secrets });
    }
  });

  const tenant = (index: number) => {
    const found = tenants.at(index);
    if (!found) throw new Error('There are fewer tenants');
    return found;
  };
  const operator = () => contextFor(services(), operatorPrincipal(newId('op'), 'back end'));

  test('is that of the caller’s organization, also of the newest', async () => {
    const { ctx, secrets } = tenant(-1);
    expect(await verifyApiKey(ctx, { key: secrets[0] ?? '' })).toMatchObject({ code: 'VALID' });
    expect(await verifyApiKey(ctx, { key: tenant(-2).secrets[0] ?? '' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    await services().imported.settled();
  });

  test('is that of the organization that an operator or a gateway names', async () => {
    const { organizationId, secrets } = tenant(-1);
    const [, byOperator = '', byGateway = ''] = secrets;
    const wrong = tenant(-2).organizationId;
    expect(await verifyApiKey(operator(), { key: byOperator, organizationId: wrong })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await verifyApiKey(operator(), { key: byOperator, organizationId })).toMatchObject({
      code: 'VALID',
    });
    const verify = (id: string) => {
      const params = readVerifyQuery(`organization=${id}`);
      if (params instanceof Error) throw params;
      const mayFail = () => true;
      const request = { ...params, secret: byGateway, ip: null, takeRateLimit: true, mayFail };
      return verifySecret(services(), request);
    };
    expect(await verify(wrong)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await verify(organizationId)).toMatchObject({ code: 'VALID' });
    await services().imported.settled();
  });

  test('is that of each organization in which the caller may verify keys', async () => {
    const [first, second, third] = [tenant(3), tenant(-1), tenant(-3)];
    const permissions = new Map([
      [first.organizationId, ['*']],
      [second.organizationId, ['api.key.verify']],
      [third.organizationId, ['api.key.view']],
    ]);
    const ctx = contextFor(services(), userPrincipal(newId('user'), newId('ses'), permissions));
    const code = async (secrets: string[]) => (await verifyApiKey(ctx, { key: secrets[3] ?? '' })).code;
    expect(await code(first.secrets)).toBe('VALID');
    expect(await code(third.secrets)).toBe('NOT_FOUND');
    await services().imported.settled();
  });

  test('is that of the teams of a calling key', async () => {
    const { organizationId, teamId, secrets } = tenant(-4);
    const bound = keyCaller(organizationId, ['api.key.verify'], { teamIds: [teamId] });
    const ctx = contextFor(services(), bound);
    expect(await verifyApiKey(ctx, { key: secrets[0] ?? '' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await verifyApiKey(ctx, { key: secrets.at(-1) ?? '' })).toMatchObject({ code: 'VALID' });
    await services().imported.settled();
  });

  test('is compared with the oldest eight secrets where all organizations are visible', async () => {
    const [oldest, newest] = [tenant(0), tenant(-5)];
    expect(await verifyApiKey(operator(), { key: newest.secrets[0] ?? '' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await verifyApiKey(operator(), { key: oldest.secrets[0] ?? '' })).toMatchObject({
      code: 'VALID',
    });
    await services().imported.settled();
  });

  test('is found by an index, without reading the secrets of other organizations', async () => {
    await sql`
      insert into api_key_secrets (id, api_key_id, hash, start, created_at, expires_at, candidate_organization_id)
      with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(MANY)})
      select 'sec_' || n, (select min(api_key_id) from api_key_secrets), '$2b$' || n, ${sql.lit(START)}, 0, 0,
        'org_' || (n / 8)
      from numbers`.execute(services().db);
    if (engine === 'postgres') await sql`analyze`.execute(services().db);
    const notes = new Notes(engine);
    const { ctx } = tenant(0);
    const { db } = notes.on(services());
    const imported = createImportedSecrets({ db, log: services().log }, new Map());
    for (const one of [ctx, operator()])
      await verifyApiKey({ ...one, imported }, { key: `${START}${foreignSecret()}` });
    const plans = await Promise.all(notes.take().map((query) => planOf(services().db, engine, query)));
    expect(plans).toHaveLength(2);
    expect(plans.map(({ steps }) => steps)).toEqual([['SORT'], []]);
    expect(plans[0]?.plan).toContain('api_key_secrets_candidates');
  });
});
