import { expect } from 'vitest';
import { ask, type TestServer } from '../support/server.ts';
import type { Place } from './world.ts';

const INVITE = `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) {
  __typename ... on InviteMemberPayload { signInUrl membership { id } } ... on Error { message } } }`;
const SIGN_IN = `mutation ($token: String!) { signIn(input: { token: $token }) {
  __typename ... on SignInPayload { sessionToken user { id name email } } ... on Error { message } } }`;

/** Invites somebody, with a system role by its name or any role by its id; `link` is the token of the link. */
export async function invite(
  server: TestServer,
  place: Place,
  token: string,
  email: string,
  role = 'member',
): Promise<{ link: string; membershipId: string }> {
  const roleId = role.startsWith('role_') ? role : await place.systemRole(role);
  const variables = { input: { organizationId: place.organizationId, email, roleId } };
  const { data, errors } = await ask(server, INVITE, { token, variables });
  expect(errors).toEqual([]);
  expect(data.inviteMember.__typename).toBe('InviteMemberPayload');
  const { signInUrl, membership } = data.inviteMember;
  return { link: new URL(signInUrl).hash.slice('#token='.length), membershipId: membership.id };
}

/** The session that a link begins, in place of another one if any, or what is answered instead. */
export async function open(
  server: TestServer,
  link: string,
  session?: string,
): Promise<{ type: string; token: string }> {
  const options = { variables: { token: link }, ...(session !== undefined && { token: session }) };
  const { data } = await ask(server, SIGN_IN, options);
  return { type: data.signIn.__typename, token: data.signIn.sessionToken };
}

/** The ids of the organizations that a session reaches, sorted; null: it has ended. */
export async function reached(server: TestServer, token: string): Promise<string[] | null> {
  const query = '{ viewer { organizations(first: 100) { nodes { id } } } }';
  const { status, data } = await ask(server, query, { token });
  if (status === 401) return null;
  return data.viewer.organizations.nodes.map(({ id }: { id: string }) => id).sort();
}
