import { expect, test } from 'vitest';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone, present, revoke } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const DENIED = `subscription Denied($codes: [VerificationCode!], $apiKeyIds: [ID!]) {
  apiKeyDenied(codes: $codes, apiKeyIds: $apiKeyIds) { code count ip occurredAt apiKey { id } }
}`;

onEachDatabase('apiKeyDenied', (engine) => {
  const server = serverOn(engine);

  test('tells which key was refused, why, and from where; unknown ones to whom asked about them', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const gateway = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(server(), organizationId);
    await revoke(server(), key.id);
    const socket = await connectLive(server(), sessionToken);
    const denials = socket.subscribe(DENIED);
    await areLive(server(), 1);
    await present(server(), key.secret, '198.51.100.7');
    await denials.received(1);
    expect(denials.events).toEqual([
      {
        code: 'REVOKED',
        count: 1,
        ip: '198.51.100.7',
        occurredAt: new Date(server().clock.now()).toISOString(),
        apiKey: { id: key.id },
      },
    ]);
    const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
    await ask(server(), verify, { token: gateway.secret, variables: { key: 'nonsense' } });
    await denials.received(2);
    expect(denials.events[1]).toMatchObject({ code: 'MALFORMED', apiKey: null });
  });

  test('says of each key and code at most one a second, with how many they were', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const [revoked, disabled] = [
      await makeApiKey(server(), organizationId),
      await makeApiKey(server(), organizationId),
    ];
    await revoke(server(), revoked.id);
    await updateApiKey(anyone(server()), { id: disabled.id, enabled: false });
    const socket = await connectLive(server(), sessionToken);
    const all = socket.subscribe(DENIED);
    const some = socket.subscribe(DENIED, { codes: ['DISABLED', 'DISABLED'] });
    const one = socket.subscribe(DENIED, { apiKeyIds: [revoked.id] });
    await areLive(server(), 3);
    for (let n = 0; n < 5; n += 1) {
      await present(server(), revoked.secret);
      await present(server(), disabled.secret);
      await verifyApiKey(anyone(server()), { key: revoked.secret, ip: '192.0.2.9' });
    }
    const counts = (operation: typeof all, code: string) =>
      operation.events.filter((event) => event.code === code).map(({ count }) => count);
    await eventually(() => counts(all, 'REVOKED').length === 2 && counts(all, 'DISABLED').length === 2);
    expect(counts(all, 'REVOKED')).toEqual([1, 9]);
    expect(counts(all, 'DISABLED')).toEqual([1, 4]);
    await eventually(() => counts(some, 'DISABLED').length === 2 && counts(one, 'REVOKED').length === 2);
    expect(some.events.every(({ code }) => code === 'DISABLED')).toBe(true);
    expect(one.events.every(({ apiKey }) => apiKey.id === revoked.id)).toBe(true);
  });
});
