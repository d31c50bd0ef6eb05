import { expect, test } from 'vitest';
import { foundAndSignIn } from '../../src/cli/found-and-sign-in.ts';
import { signIn } from '../../src/sign-in/sign-in.ts';
import { auditLogOf, commandLine, linkTokenOf, makePerson, nobody } from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { servicesOn } from '../support/services.ts';

onEachDatabase('founding an organization for somebody who is a member elsewhere', (engine) => {
  const services = servicesOn(engine);

  const found = (email: string) => {
    const founding = { name: 'Another', slug: null, keyPrefix: 'kw', owner: { email, name: null } };
    return foundAndSignIn(commandLine(services()), founding);
  };

  async function memberOfThree() {
    const { email, userId, organizationId } = await makePerson(services());
    const others = [await makePerson(services(), { email }), await makePerson(services(), { email })];
    const organizationIds = [organizationId, ...others.map((one) => one.organizationId)].sort();
    return { email, userId, organizationIds };
  }

  test('locks those organizations before all else, and writes into the logs of each', async () => {
    const { email, userId, organizationIds } = await memberOfThree();
    services().statements.length = 0;
    const founded = await found(email);
    expect(founded.userId).toBe(userId);
    const writes = services().statements.filter((text) => !text.startsWith('select'));
    const locks = writes.findIndex((text) => !text.startsWith('update "organization_sequences"'));
    expect(locks).toBe(organizationIds.length);
    for (const organizationId of [...organizationIds, founded.organization.id]) {
      const log = await auditLogOf(services(), organizationId);
      expect(log.at(-1)).toMatchObject({ action: 'session.created', target_id: founded.session.id });
    }
  });

  test('and sign-ins of the same person don’t wait for each other for ever', async () => {
    const { email, userId, organizationIds } = await memberOfThree();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => linkTokenOf(services(), userId)));
    const signIns = tokens.map((token) => signIn(nobody(services()), { token }));
    const foundings = tokens.map(() => found(email));
    const outcomes = await Promise.allSettled([...signIns, ...foundings]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    for (const organizationId of organizationIds) {
      const sequences = (await auditLogOf(services(), organizationId)).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    }
  });
});
