import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask } from '../support/server.ts';
import { gatewayTo, newKey, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('denials of verification processes', (engine) => {
  test('are listed with those of the server', async () => {
    const processes = await verifyingServer(engine, { VERIFY_WORKERS: '2' });
    const { id, secret } = await newKey(processes, processes.token);
    const { verify } = gatewayTo(processes.verifyUrl, 4);
    expect((await verify(secret)).status).toBe(200);
    const headers = { 'X-API-Key': secret };
    for (let done = 0; done < 5; done += 1)
      expect((await fetch(`${processes.verifyUrl}/verify?permission=a.b`, { headers })).status).toBe(403);
    const query =
      'query ($id: ID!) { organization { denials(filter: { apiKeyId: $id }) { nodes { code count } } } }';
    await eventually(async () => {
      const { data } = await ask(processes, query, { token: processes.token, variables: { id } });
      const counts = data.organization.denials.nodes.map(({ count }: { count: number }) => count);
      return counts.reduce((sum: number, count: number) => sum + count, 0) === 5;
    });
  });
});
