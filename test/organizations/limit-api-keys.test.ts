import { describe, expect, test } from 'vitest';
import { operatorPrincipal, systemPrincipal } from '../../src/access/principal.ts';
import { LimitExceededError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { limitApiKeys } from '../../src/organizations/limit-api-keys.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, servicesOn } from '../support/services.ts';

onEachDatabase('the limit on active keys', (engine) => {
  const services = servicesOn(engine);
  const cli = () => contextFor(services(), systemPrincipal('cli'));

  const audit = (organizationId: string) =>
    services()
      .db.selectFrom('audit_log')
      .select(['action', 'actor', 'target_id', 'changes', 'sequence'])
      .where('organization_id', '=', organizationId)
      .where('action', '=', 'organization.updated')
      .orderBy('sequence')
      .execute();

  test('is set by id or slug, lifted, and stands in the audit log', async () => {
    const { organization } = await makeOrganization(services());
    const { id, slug } = organization;
    expect(await limitApiKeys(cli(), { organization: slug, maxActiveApiKeys: 3 })).toEqual({
      ...organization,
      maxActiveApiKeys: 3,
    });
    await limitApiKeys(cli(), { organization: id, maxActiveApiKeys: 3 });
    await limitApiKeys(cli(), { organization: id, maxActiveApiKeys: null });
    const rows = await audit(id);
    expect(rows.map((row) => [row.actor, row.target_id, JSON.parse(row.changes)])).toEqual([
      ['cli', id, { maxActiveApiKeys: [null, 3] }],
      ['cli', id, { maxActiveApiKeys: [3, null] }],
    ]);
  });

  test('stops new keys, and keeps those that there are', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { result } = await createApiKey(ctx, { name: 'first' });
    await limitApiKeys(cli(), { organization: organization.id, maxActiveApiKeys: 0 });
    await expect(createApiKey(ctx, { name: 'second' })).rejects.toMatchObject({
      constructor: LimitExceededError,
      limit: 0,
      current: 1,
    });
    await updateApiKey(ctx, { id: result.apiKey.id, name: 'still there' });
    await limitApiKeys(cli(), { organization: organization.id, maxActiveApiKeys: 2 });
    await createApiKey(ctx, { name: 'second' });
  });

  test('is exact while keys are being made', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { id } = organization;
    const attempt = () => createApiKey(ctx, { name: 'one of many' }).catch((error: unknown) => error);
    const attempts = Array.from({ length: 10 }, attempt);
    const limited = limitApiKeys(cli(), { organization: id, maxActiveApiKeys: 6 });
    attempts.push(...Array.from({ length: 10 }, attempt));
    const refused = (await Promise.all(attempts)).filter((outcome) => outcome instanceof Error);
    await limited;
    const [row] = await audit(id);
    const { before } = await services()
      .db.selectFrom('audit_log')
      .select((eb) => eb.fn.countAll<number>().as('before'))
      .where('organization_id', '=', id)
      .where('action', '=', 'api_key.created')
      .where('sequence', '<', row?.sequence ?? 0)
      .executeTakeFirstOrThrow();
    expect(refused).toHaveLength(20 - Math.max(6, Number(before)));
    for (const error of refused) expect(error).toBeInstanceOf(LimitExceededError);
  });

  describe('is refused', () => {
    test('to everybody but the command line', async () => {
      const { organization, ctx } = await makeOrganization(services());
      const input = { organization: organization.id, maxActiveApiKeys: 1 };
      await expect(limitApiKeys(ctx, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      await expect(limitApiKeys(operator, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(limitApiKeys(contextFor(services(), null), input)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
      expect(await audit(organization.id)).toEqual([]);
    });

    test.each([-1, 1.5, 2 ** 31, Number.NaN])('where it is %d', async (maxActiveApiKeys) => {
      const { organization } = await makeOrganization(services());
      const limiting = limitApiKeys(cli(), { organization: organization.id, maxActiveApiKeys });
      expect(await issuesOf(limiting)).toMatchObject([{ path: ['input', 'maxActiveApiKeys'] }]);
    });

    test.each([newId('org'), 'no-such-slug', '', 'ACME', `a\u0000`, "' or 1=1"])(
      'where there is no organization %j',
      async (organization) => {
        await expect(limitApiKeys(cli(), { organization, maxActiveApiKeys: 1 })).rejects.toMatchObject({
          code: 'NOT_FOUND',
        });
      },
    );
  });
});
