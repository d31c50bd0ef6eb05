import type { Site, SitePerson } from './site.ts';

/** A role as it is made for a test. */
export interface TestRole {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Makes a role past the console; gives its id. */
export async function makeRole(site: Site, by: SitePerson, role: TestRole): Promise<string> {
  const { createRole } = await site.ask(
    by,
    `mutation ($input: CreateRoleInput!) {
      createRole(input: $input) { ... on CreateRolePayload { role { id } } ... on Error { message } }
    }`,
    { input: { organizationId: by.organizationId, ...role } },
  );
  if (!createRole.role) throw new Error(createRole.message);
  return createRole.role.id;
}

/** Makes a team past the console; gives its id. */
export async function makeTeam(site: Site, by: SitePerson, name: string): Promise<string> {
  const { createTeam } = await site.ask(
    by,
    `mutation ($input: CreateTeamInput!) {
      createTeam(input: $input) { ... on CreateTeamPayload { team { id } } ... on Error { message } }
    }`,
    { input: { organizationId: by.organizationId, name } },
  );
  if (!createTeam.team) throw new Error(createTeam.message);
  return createTeam.team.id;
}

/** Invites somebody past the console; gives the link. */
export async function invite(site: Site, by: SitePerson, email: string, roleId: string): Promise<string> {
  const { inviteMember } = await site.ask(
    by,
    `mutation ($input: InviteMemberInput!) {
      inviteMember(input: $input) { ... on InviteMemberPayload { signInUrl } ... on Error { message } }
    }`,
    { input: { organizationId: by.organizationId, email, roleId } },
  );
  if (!inviteMember.signInUrl) throw new Error(inviteMember.message);
  return inviteMember.signInUrl;
}

/** A member with a role of its own, who has joined by an invitation. */
export async function join(site: Site, by: SitePerson, email: string, role: TestRole): Promise<SitePerson> {
  const link = await invite(site, by, email, await makeRole(site, by, role));
  const response = await fetch(`${site.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      query: `mutation ($token: String!) {
        signIn(input: { token: $token }) { ... on SignInPayload { sessionToken } }
      }`,
      variables: { token: link.slice(link.indexOf('token=') + 6) },
    }),
  });
  const { data } = (await response.json()) as { data: { signIn: { sessionToken: string } } };
  return { ...by, email, sessionToken: data.signIn.sessionToken };
}
