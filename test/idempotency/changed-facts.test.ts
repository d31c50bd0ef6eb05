import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { operatorPrincipal, type Principal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { ANSWERS_MAX } from '../../src/idempotency/answers.ts';
import { pruneAnswers } from '../../src/idempotency/prune-answers.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, makeOrganization, servicesOn } from '../support/services.ts';

const HOUR = 3_600_000;

onEachDatabase('requests repeated after something else has changed', (engine) => {
  const services = servicesOn(engine);

  const answersOf = (organizationId: string) =>
    services()
      .db.selectFrom('idempotent_answers')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('number')
      .execute();

  test('are answered although the permission was removed from the catalog', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const { id } = organization;
    await updateOrganization(ctx, { id, permissionCatalog: [{ name: 'a.b' }, { name: 'c.d' }] });
    const input = { name: 'Deploy', grants: ['a.b'], idempotencyKey: randomUUID() };
    const { result: first } = await createApiKey(ctx, input);
    await updateOrganization(ctx, { id, permissionCatalog: [{ name: 'c.d' }] });
    expect((await createApiKey(ctx, input)).result).toEqual(first);
    await expect(createApiKey(ctx, { ...input, idempotencyKey: randomUUID() })).rejects.toThrow('catalog');
  });

  test('are answered although the key was revoked and its role deleted', async () => {
    const { ctx } = await makeOrganization(services());
    const { result: role } = await createRole(ctx, { name: 'CI', permissions: ['api.key.view'] });
    const creation = { name: 'Deploy', roleId: role.id, idempotencyKey: randomUUID() };
    const { result: created } = await createApiKey(ctx, creation);
    const rotation = { id: created.apiKey.id, idempotencyKey: randomUUID() };
    const { result: rotated } = await rotateApiKey(ctx, rotation);
    await revokeApiKey(ctx, { id: created.apiKey.id });
    await deleteRole(ctx, { id: role.id });
    expect((await createApiKey(ctx, creation)).result.secret).toBe(created.secret);
    expect((await rotateApiKey(ctx, rotation)).result.secret).toBe(rotated.secret);
  });

  test('create no key with a past expiry if the answer expires while they wait', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const expiresAt = services().clock.now() + HOUR;
    const input = { name: 'Deploy', expiresAt, idempotencyKey: randomUUID() };
    await createApiKey(ctx, input);
    services().clock.advance(24 * HOUR - 1);
    // The answer expires after it was found, and before the change has the lock.
    const { db } = services();
    const waiting = {
      ...ctx,
      get db() {
        return new Proxy(db, {
          get(target, name) {
            if (name === 'transaction') services().clock.advance(1);
            const value = target[name as keyof typeof target];
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    };
    await expect(createApiKey(waiting, input)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(createApiKey(ctx, input)).rejects.toThrow('future');
    const keys = await db
      .selectFrom('api_keys')
      .select('id')
      .where('organization_id', '=', organization.id)
      .execute();
    expect(keys).toHaveLength(1);
  });

  test('from while the clock was ahead are forgotten after 24 hours, and don’t use up the limit', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const create = (idempotencyKey: string) => createApiKey(ctx, { name: 'Deploy', idempotencyKey });
    const early = randomUUID();
    services().clock.step(365 * 24 * HOUR);
    const { result: first } = await create(early);
    services().clock.step(-365 * 24 * HOUR);
    await create(randomUUID());
    await pruneAnswers(services());
    expect((await create(early)).result).toEqual(first);
    const number = (ANSWERS_MAX + 1) as never;
    await services()
      .db.updateTable('idempotent_answers')
      .set({ number })
      .where('organization_id', '=', organization.id)
      .where('number', '=', 2)
      .execute();
    await expect(create(randomUUID())).rejects.toMatchObject({ retryAfterSeconds: 86_400 });
    services().clock.advance(24 * HOUR);
    await create(randomUUID());
    await pruneAnswers(services());
    expect(await answersOf(organization.id)).toHaveLength(1);
  });

  test('of API keys can’t use up those of people and operators', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const create = (caller: typeof ctx) =>
      createApiKey(caller, {
        name: 'x',
        organizationId: organization.id,
        idempotencyKey: randomUUID(),
      });
    await create(ctx);
    const [row] = await answersOf(organization.id);
    const last = { ...row, id: newId('evt'), number: ANSWERS_MAX / 2 } as never;
    await services().db.insertInto('idempotent_answers').values(last).execute();
    const as = (principal: Principal) => contextFor(services(), principal);
    await expect(create(as(keyCaller(organization.id, ['*'])))).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    await create(ctx);
    await create(as(operatorPrincipal(newId('op'), 'billing')));
  });

  test('create one organization for each operator token', async () => {
    const idempotencyKey = randomUUID();
    const [one, other] = ['billing', 'support'].map((name) =>
      contextFor(services(), operatorPrincipal(newId('op'), name)),
    ) as [ReturnType<typeof contextFor>, ReturnType<typeof contextFor>];
    const create = async (ctx = one, name = 'Globex') =>
      (await createOrganization(ctx, { name, idempotencyKey })).result;
    const first = await create();
    expect(await create()).toEqual(first);
    expect((await create(other)).id).not.toBe(first.id);
    await expect(create(one, 'Initech')).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' });
    await updateOrganization(one, { id: first.id, name: 'Globex Corporation' });
    expect(await create()).toMatchObject({ id: first.id, name: 'Globex Corporation' });
  });
});
