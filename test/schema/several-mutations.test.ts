import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

onEachDatabase('several mutations in one request', (engine) => {
  const server = serverOn(engine);

  it('each show what they have left, not what one before them saw', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const { id } = await makeApiKey(server(), organizationId);
    const makeTeams = `mutation {
      one: createTeam(input: { name: "One" }) { ... on CreateTeamPayload { team { id } } }
      two: createTeam(input: { name: "Two" }) { ... on CreateTeamPayload { team { id } } }
    }`;
    const { data: teams } = await ask(server(), makeTeams, { token });
    const query = `mutation ($id: ID!, $organizationId: ID!, $one: [ID!], $two: [ID!]) {
      bound: updateApiKey(input: { id: $id, teamIds: $one }) { ...Teams }
      rebound: updateApiKey(input: { id: $id, teamIds: $two }) { ...Teams }
      rotated: rotateApiKey(input: { id: $id }) { ... on RotateApiKeyPayload { apiKey { secrets { status } } } }
      again: rotateApiKey(input: { id: $id, overlapSeconds: 0 }) {
        ... on RotateApiKeyPayload { apiKey { secrets { status } } }
      }
      updateOrganization(input: { id: $organizationId, name: "Renamed" }) { __typename }
      renamed: updateApiKey(input: { id: $id, name: "Renamed" }) { ...Teams }
    }
    fragment Teams on UpdateApiKeyPayload { apiKey { teams { name } organization { name } } }`;
    const variables = {
      id,
      organizationId,
      one: [teams.one.team.id],
      two: [teams.two.team.id],
    };
    const { data, errors } = await ask(server(), query, { token, variables });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      bound: { apiKey: { teams: [{ name: 'One' }], organization: { name: 'Acme' } } },
      rebound: { apiKey: { teams: [{ name: 'Two' }] } },
      rotated: { apiKey: { secrets: [{ status: 'ACTIVE' }, { status: 'RETIRING' }] } },
      again: { apiKey: { secrets: [{ status: 'ACTIVE' }, { status: 'REVOKED' }, { status: 'RETIRING' }] } },
      renamed: { apiKey: { teams: [{ name: 'Two' }], organization: { name: 'Renamed' } } },
    });
  });
});
