import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';

const FACTS = 'propagation { confirmedNodes totalNodes milliseconds }';

onEachDatabase('changes that narrow keys', (engine) => {
  const server = serverOn(engine);

  it('tell which nodes have confirmed them', async () => {
    const { sessionToken: token } = await makeMember(server());
    const mutate = async (field: string, input: Record<string, unknown>, selection: string) => {
      const type = `${field[0]?.toUpperCase()}${field.slice(1)}`;
      const query = `mutation ($input: ${type}Input!) { ${field}(input: $input) { ... on ${type}Payload { ${selection} } } }`;
      const { data, errors } = await ask(server(), query, { token, variables: { input } });
      expect(errors).toEqual([]);
      return data[field];
    };
    const { role } = await mutate('createRole', { name: 'CI', permissions: ['a.b', 'c.d'] }, 'role { id }');
    const { team } = await mutate('createTeam', { name: 'Shop' }, 'team { id }');
    const { apiKey } = await mutate('createApiKey', { name: 'CI', roleId: role.id }, 'apiKey { id }');
    const told = [
      await mutate('updateRole', { id: role.id, permissions: ['a.b'] }, FACTS),
      await mutate('updateRole', { id: role.id, permissions: ['a.b'] }, FACTS),
      await mutate('updateApiKey', { id: apiKey.id, roleId: null }, FACTS),
      await mutate('rotateApiKey', { id: apiKey.id, overlapSeconds: 0 }, FACTS),
      await mutate('deleteTeam', { id: team.id }, FACTS),
    ];
    for (const { propagation } of told)
      expect(propagation).toEqual({ confirmedNodes: 1, totalNodes: 1, milliseconds: expect.any(Number) });
  });
});
