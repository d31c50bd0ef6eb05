import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

onEachDatabase('a role that was deleted', (engine) => {
  const server = serverOn(engine);

  it('is null wherever it was shown', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const mutate = async (document: string) => {
      const { data, errors } = await ask(server(), `mutation { ${document} }`, { token });
      expect(errors).toEqual([]);
      return data;
    };
    const made = await mutate(
      'createRole(input: { name: "CI", permissions: ["a.b"] }) { ... on CreateRolePayload { role { id } } }',
    );
    const roleId: string = made.createRole.role.id;
    const key = await makeApiKey(server(), organizationId, { roleId, grants: ['c.d'] });
    const rejected = await mutate(`deleteRole(input: { id: "${roleId}" }) { __typename }`);
    expect(rejected.deleteRole.__typename).toBe('ConflictError');
    await mutate(`revokeApiKey(input: { id: "${key.id}" }) { __typename }`);
    const deleted = await mutate(`deleteRole(input: { id: "${roleId}" }) { __typename }
      again: deleteRole(input: { id: "${roleId}" }) { __typename }`);
    expect([deleted.deleteRole.__typename, deleted.again.__typename]).toEqual([
      'DeleteRolePayload',
      'NotFoundError',
    ]);
    const { data, errors } = await ask(
      server(),
      `{ node(id: "${roleId}") { id } apiKey(id: "${key.id}") { role { id } permissions }
        having: apiKeys(filter: { roleId: "${roleId}", status: [REVOKED] }) { totalCount nodes { id } }
        revoked: apiKeys(filter: { status: [REVOKED] }) { nodes { id role { name } } }
        viewer { organizations { nodes { roles { totalCount nodes { name apiKeyCount } }
          auditLog(filter: { targetId: "${roleId}" }) { nodes { action target { id } } } } } } }`,
      { token },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      node: null,
      apiKey: { role: null, permissions: ['c.d'] },
      having: { totalCount: 0, nodes: [] },
      revoked: { nodes: [{ id: key.id, role: null }] },
    });
    const [organization] = data.viewer.organizations.nodes;
    expect(organization.roles).toMatchObject({ totalCount: 3 });
    expect(organization.auditLog.nodes).toEqual([
      { action: 'role.deleted', target: null },
      { action: 'role.created', target: null },
    ]);
  });
});
