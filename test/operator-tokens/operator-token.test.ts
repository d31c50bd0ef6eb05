import { describe, expect, test } from 'vitest';
import { operatorPrincipal, type Principal } from '../../src/access/principal.ts';
import { ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { authenticateOperatorToken } from '../../src/operator-tokens/authenticate-operator-token.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { listOperatorTokens } from '../../src/operator-tokens/list-operator-tokens.ts';
import { revokeOperatorToken } from '../../src/operator-tokens/revoke-operator-token.ts';
import { refreshOperator } from '../../src/sessions/refresh-principal.ts';
import { stillValidOperatorTokens } from '../../src/sessions/still-valid.ts';
import { hashToken, newToken } from '../../src/sessions/tokens.ts';
import { commandLine, everythingStored } from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('an operator token', (engine) => {
  const services = servicesOn(engine);

  const authenticate = (token: string) => authenticateOperatorToken(services().db, token);
  const create = (name: string) => createOperatorToken(commandLine(services()), name);
  const revoke = (name: string) => revokeOperatorToken(commandLine(services()), name);

  async function listed(name: string) {
    return (await listOperatorTokens(commandLine(services()))).filter((one) => one.name === name);
  }

  test('is made, and stands for the product’s own back end', async () => {
    const { organization } = await makeOrganization(services());
    const { name, token } = await create('billing-backend');
    expect(name).toBe('billing-backend');
    expect(token).toMatch(/^kwop_[\w-]{43}$/);
    const principal = await authenticate(token);
    expect(principal).toMatchObject({ kind: 'operator', name, actor: 'operator:billing-backend' });
    expect(principal?.can(organization.id, 'api.key.delete')).toBe(true);
    const [listing] = await listed(name);
    expect(listing).toEqual({
      id: principal?.tokenId,
      name,
      createdAt: services().clock.now(),
      revokedAt: null,
    });
    expect(await refreshOperator(services().db, principal?.tokenId ?? '')).toMatchObject({ name });
  });

  test('is stored as its hash, which nothing shows', async () => {
    const { token } = await create('hashed');
    const stored = await everythingStored(services());
    expect(stored).toContain(hashToken(token));
    expect(stored).not.toContain(token);
    const shown = JSON.stringify([await listed('hashed'), await revoke('hashed'), services().lines]);
    expect(shown).not.toContain(hashToken(token));
  });

  test('is not accepted where it is malformed or unknown', async () => {
    const { token } = await create('strict');
    const wrong = [
      '',
      'kwop_',
      token.slice(0, -1),
      `${token}a`,
      token.replace('kwop_', 'sess_'),
      hashToken(token),
    ];
    for (const one of [...wrong, newToken('kwop_'), `kwop_${'a'.repeat(42)}\0`])
      expect(await authenticate(one)).toBeNull();
  });

  test('is not asked for where the text is no token', async () => {
    const before = services().statements.length;
    for (const text of ['', 'kwop_a', newToken('sess_'), 'kwop_\ud800'.padEnd(48, 'a')])
      expect(await authenticate(text)).toBeNull();
    expect(services().statements).toHaveLength(before);
  });

  describe('revoked', () => {
    test('is not accepted from then on, and says when', async () => {
      const { token } = await create('ended');
      const id = (await authenticate(token))?.tokenId ?? '';
      services().clock.advance(1_000);
      const revoked = await revoke('ended');
      expect(revoked).toMatchObject({ id, name: 'ended', revokedAt: services().clock.now() });
      expect(await authenticate(token)).toBeNull();
      expect(await refreshOperator(services().db, id)).toBeNull();
      expect(await stillValidOperatorTokens(services().db, services().clock.now(), [id])).toEqual([]);
      expect(await listed('ended')).toEqual([revoked]);
    });

    test('can’t be revoked again, and 20 times at once is done once', async () => {
      await create('twice');
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => revoke('twice')));
      expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      await expect(revoke('twice')).rejects.toThrow(ConflictError);
    });

    test('gives its name free; the old token stays refused', async () => {
      const old = await create('again');
      await revoke('again');
      const fresh = await create('again');
      expect(await authenticate(old.token)).toBeNull();
      expect(await authenticate(fresh.token)).toMatchObject({ name: 'again' });
      expect(await listed('again')).toMatchObject([{ revokedAt: null }]);
    });
  });

  test('has a name that is unique, also where 20 are made at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => create('unique')));
    const made = outcomes.filter((one) => one.status === 'fulfilled');
    expect(made).toHaveLength(1);
    for (const one of outcomes)
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(ConflictError);
    await expect(create('unique')).rejects.toThrow(ConflictError);
    expect(await authenticate(made[0]?.value.token ?? '')).not.toBeNull();
  });

  test.each(['a', 'a.b_c-9', '-', 'x'.repeat(64)])('may be called %s', async (name) => {
    await create(name);
    expect(await listed(name)).toHaveLength(1);
  });

  test.each(['', 'A', 'a b', 'é', 'a\n', 'a\0', 'a:b', '\ud800', 'x'.repeat(65)])(
    'may not be called %j',
    async (name) => {
      for (const work of [create(name), revoke(name)])
        expect(await issuesOf(work)).toEqual([
          { path: ['name'], message: expect.stringContaining('1 to 64') },
        ]);
    },
  );

  test('that is unknown can’t be revoked', async () => {
    await expect(revoke('nobody')).rejects.toThrow(new NotFoundError('nobody', 'operator token', 'name'));
  });

  test('lists are by name', async () => {
    for (const name of ['zz.3', 'zz-1', 'zz.2']) await create(name);
    const names = (await listOperatorTokens(commandLine(services()))).map((one) => one.name);
    expect(names).toEqual(names.toSorted());
  });

  test('is a matter of the command line alone', async () => {
    const { organization } = await makeOrganization(services());
    const attempts = (principal: Principal | null) => {
      const ctx = contextFor(services(), principal);
      return [createOperatorToken(ctx, 'mine'), listOperatorTokens(ctx), revokeOperatorToken(ctx, 'mine')];
    };
    for (const work of attempts(null)) await expect(work).rejects.toThrow(UnauthenticatedError);
    const operator = operatorPrincipal(newId('op'), 'backend');
    for (const principal of [operator, memberOf(organization.id, ['*'])])
      for (const work of attempts(principal)) await expect(work).rejects.toThrow(ForbiddenError);
    expect(await listed('mine')).toEqual([]);
  });
});
