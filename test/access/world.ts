import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { createSignInLink } from '../../src/sign-in/create-sign-in-link.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { makeOperatorToken } from '../support/server.ts';
import { contextFor, roleNamed } from '../support/services.ts';
import { type Caller, MANAGER } from './matrix.ts';

/** An organization with what the callers of the matrix need, and makers of everything that its inputs name. */
export class Place {
  readonly organizationId: string;
  readonly boundTeamId: string;
  readonly ctx: GraphQLContext;

  private constructor(ctx: GraphQLContext, organizationId: string, boundTeamId: string) {
    this.ctx = ctx;
    this.organizationId = organizationId;
    this.boundTeamId = boundTeamId;
  }

  static async make(services: ServerServices, name: string): Promise<Place> {
    const ctx = contextFor(services, systemPrincipal('test'));
    const { id: organizationId } = (await createOrganization(ctx, { name })).result;
    const { id: teamId } = (await createTeam(ctx, { organizationId, name: 'Bound' })).result;
    const place = new Place(ctx, organizationId, teamId);
    // So that no test's owner is the last one.
    await place.join('owner');
    return place;
  }

  /** Makes somebody a member, with a system role or with one of these permissions, and signs them in. */
  async join(as: string | readonly string[]) {
    const { ctx, organizationId } = this;
    const roleId = typeof as === 'string' ? await this.systemRole(as) : await this.role(as);
    const email = `${newId('user')}@example.com`;
    const { result } = await write(ctx, async (change) => {
      await change.lock(organizationId);
      const member = { organizationId, email, name: null, roleId };
      const { userId, membershipId } = await joinOrganization(change, member);
      const session = await createSession(change, userId);
      return { userId, membershipId, email, roleId, token: session.token, sessionId: session.id };
    });
    return result;
  }

  /** Makes a key; its team is the bound one unless others are named. */
  async key(input: Omit<Parameters<typeof createApiKey>[1], 'name'> = {}) {
    const { organizationId } = this;
    const { apiKey, secret } = (await createApiKey(this.ctx, { organizationId, name: 'A key', ...input }))
      .result;
    return { id: apiKey.id, secret };
  }

  async role(permissions: readonly string[]): Promise<string> {
    const { organizationId } = this;
    return (await createRole(this.ctx, { organizationId, name: newId('role'), permissions })).result.id;
  }

  async systemRole(name: string): Promise<string> {
    return (await roleNamed(this.ctx, this.organizationId, name)).id;
  }

  async team(): Promise<string> {
    const { organizationId } = this;
    return (await createTeam(this.ctx, { organizationId, name: newId('team') })).result.id;
  }

  /** The id of somebody who has made a key, which is bound to a team. */
  async creator(): Promise<string> {
    const { organizationId } = this;
    const { userId, sessionId } = await this.join('admin');
    const rights = new Map([[organizationId, ['*']]]);
    const ctx = contextFor(this.ctx, userPrincipal(userId, sessionId, rights));
    await createApiKey(ctx, { organizationId, name: 'A key', teamIds: [this.boundTeamId] });
    return userId;
  }

  async invite(role: string): Promise<string> {
    const { organizationId } = this;
    const email = `${newId('user')}@example.com`;
    const roleId = await this.systemRole(role);
    await inviteMember(this.ctx, { organizationId, email, roleId });
    return email;
  }

  async link(): Promise<string> {
    const { userId } = await this.join('member');
    const change = write(this.ctx, (one) => createSignInLink(one, this.ctx.publicUrl, userId));
    return (await change).result.token;
  }

  /** The id of a row that something made is known by. */
  async idOf(table: 'audit_log' | 'api_key_secrets', column: 'target_id' | 'api_key_id', id: string) {
    const query = this.ctx.db
      .selectFrom(table)
      .select('id')
      .where(column as 'id', '=', id);
    return (await query.executeTakeFirstOrThrow()).id;
  }
}

const WEAK = ['api.key.view'];

/** Makes the things that begin with `$` in the matrix, each anew. */
export const THINGS: Readonly<Record<string, (place: Place) => Promise<string>>> = {
  $organization: async (place) => place.organizationId,
  $name: async () => newId('evt'),
  $email: async () => `${newId('user')}@example.com`,
  $key: async (place) => (await place.key({ grants: WEAK })).id,
  $strongKey: async (place) => (await place.key({ grants: ['*'] })).id,
  $teamKey: async (place) => (await place.key({ grants: WEAK, teamIds: [place.boundTeamId] })).id,
  $secret: async (place) =>
    place.idOf('api_key_secrets', 'api_key_id', (await place.key({ grants: ['*'] })).id),
  $secretText: async (place) => (await place.key({ grants: WEAK })).secret,
  $role: (place) => place.role(WEAK),
  $strongRole: (place) => place.role(['*']),
  $deniedKey: async (place) => {
    const { id, secret } = await place.key();
    await verifyApiKey(place.ctx, { key: secret, permissions: ['nothing.held'] });
    return id;
  },
  $usedRole: async (place) => {
    const roleId = await place.role(WEAK);
    await place.key({ roleId, teamIds: [place.boundTeamId] });
    return roleId;
  },
  $ownerRole: (place) => place.systemRole('owner'),
  $adminRole: (place) => place.systemRole('admin'),
  $memberRole: (place) => place.systemRole('member'),
  $boundTeam: async (place) => place.boundTeamId,
  $team: (place) => place.team(),
  $usedTeam: async (place) => {
    const teamId = await place.team();
    await place.key({ teamIds: [teamId] });
    return teamId;
  },
  $membership: async (place) => (await place.join('member')).membershipId,
  $memberEmail: async (place) => (await place.join('member')).email,
  $ownership: async (place) => (await place.join('owner')).membershipId,
  $invitedOwner: (place) => place.invite('owner'),
  $creator: (place) => place.creator(),
  $user: async (place) => (await place.join('member')).userId,
  $session: async (place) => (await place.join('member')).sessionId,
  $entry: async (place) => place.idOf('audit_log', 'target_id', (await place.key()).id),
  $link: (place) => place.link(),
  $hash: async () => hashSecret(newId('key')),
};

/** A value with everything in it that begins with `$` made. */
export async function made<T>(value: T, place: Place): Promise<T> {
  if (typeof value === 'string') {
    const thing = THINGS[value];
    if (value.startsWith('$') && !thing) throw new Error(`Nobody knows how to make ${value}`);
    return (thing ? await thing(place) : value) as T;
  }
  if (Array.isArray(value)) return (await Promise.all(value.map((one) => made(one, place)))) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, one]) => [key, await made(one, place)] as const);
  return Object.fromEntries(await Promise.all(entries)) as T;
}

/** The credential of each caller of the matrix, made anew; null: none. */
export async function tokenOf(caller: Caller, place: Place, other: Place): Promise<string | undefined> {
  switch (caller) {
    case 'nobody':
      return undefined;
    case 'member':
    case 'admin':
    case 'owner':
      return (await place.join(caller)).token;
    case 'manager':
      return (await place.join(MANAGER)).token;
    case 'narrowKey':
      return (await place.key({ grants: ['api.key.verify'] })).secret;
    case 'makerKey':
      return (await place.key({ grants: ['api.key.*'] })).secret;
    case 'wideKey':
      return (await place.key({ grants: ['*'] })).secret;
    case 'boundKey':
      return (await place.key({ grants: ['*'], teamIds: [place.boundTeamId] })).secret;
    case 'restrictedKey':
      return (
        await place.key({
          grants: ['*'],
          environment: 'test',
          expiresAt: place.ctx.clock.now() + 3_600_000,
          ipAllowlist: ['127.0.0.1', '::1'],
          rateLimit: { limit: 5, windowSeconds: 60 },
        })
      ).secret;
    case 'stranger':
      return (await other.join('owner')).token;
    case 'operator':
      return makeOperatorToken({ services: place.ctx }, newId('op'));
  }
}
