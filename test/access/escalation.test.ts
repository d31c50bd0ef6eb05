import { expect, test } from 'vitest';
import { refuseEscalation } from '../../src/access/escalation.ts';
import { UNRESTRICTED } from '../../src/access/key-limits.ts';
import { newId } from '../../src/core/ids.ts';
import { keyCaller } from '../support/services.ts';

/** More than could be compared before the test fails. */
const ENDLESS = 20_000_000;

test('comparing the restrictions of very many keys lets other work be done in between', async () => {
  let compared = 0;
  let served = false;
  setImmediate(() => {
    served = true;
  });
  function* holders() {
    for (; !served && compared < ENDLESS; compared += 1) yield UNRESTRICTED;
  }
  const organizationId = newId('org');
  await refuseEscalation(keyCaller(organizationId, ['*']), organizationId, [], holders());
  expect(served).toBe(true);
  expect(compared).toBeLessThan(ENDLESS);
});

test('of several keys, all exceeded restrictions are named, once', async () => {
  const organizationId = newId('org');
  const rateLimit = { limit: 1, windowSeconds: 1 };
  const caller = keyCaller(organizationId, ['a'], { rateLimit });
  const test = { ...UNRESTRICTED, environment: 'test', rateLimit } as const;
  const refused = refuseEscalation(caller, organizationId, ['a', 'b'], [UNRESTRICTED, test, UNRESTRICTED]);
  await expect(refused).rejects.toMatchObject({
    permissions: ['b'],
    restrictions: ['RATE_LIMIT', 'ENVIRONMENT'],
  });
});
