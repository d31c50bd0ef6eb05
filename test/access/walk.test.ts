import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { covers, union } from '../../src/access/permissions.ts';
import { type Principal, userPrincipal } from '../../src/access/principal.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runs } from '../support/properties.ts';
import { contextFor, keyCaller, servicesOn } from '../support/services.ts';
import { Place } from './world.ts';

const SEED = 7;

/** What the two who conspire hold at first, together with what they need to hand it out. */
const FIRST = ['role.*', 'member.*', 'a', 'b.*'];
const SECOND = ['api.key.*', 'role.manage', 'b.c', 'd'];
const TOGETHER = union(FIRST, SECOND);

const permission = fc.constantFrom(
  '*',
  'a',
  'b',
  'b.*',
  'b.c',
  'd',
  'd.*',
  'e',
  'role.*',
  'role.manage',
  'member.*',
  'api.key.*',
  'api.*',
  'audit.view',
);

const step = fc.record({
  who: fc.nat(5),
  what: fc.constantFrom(
    'role',
    'change role',
    'drop role',
    'key',
    'change key',
    'rotate',
    'invite',
    'promote',
  ),
  one: fc.nat(20),
  other: fc.nat(20),
  permissions: fc.array(permission, { maxLength: 3 }),
  bound: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/*
 * Two who may each do something, a key that may do everything for one team, and all keys and people that they make or
 * get hold of, do whatever comes to their minds. Whatever it is, beyond that team they never hold anything together that
 * the two did not hold at first.
 */
onEachDatabase('however they conspire', (engine) => {
  const services = servicesOn(engine);

  test('nothing that they make, change or rotate holds more than they held together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const conspiracy = await Conspiracy.begin(await Place.make(services(), 'Acme'));
        for (const one of steps) await conspiracy.take(one);
        for (const held of await conspiracy.held())
          expect(held.filter((one) => !covers(TOGETHER, one))).toEqual([]);
      }),
      runs(12, { seed: SEED }),
    );
  });
});

/** Somebody or something of theirs. */
interface Holder {
  readonly kind: 'member' | 'key';
  readonly permissions: readonly string[];
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
}

/** Everything that they have got hold of. */
class Conspiracy {
  readonly #place: Place;
  readonly #roles: string[] = [];
  readonly #keys: string[] = [];
  readonly #members: string[] = [];

  private constructor(place: Place) {
    this.#place = place;
  }

  static async begin(place: Place): Promise<Conspiracy> {
    const conspiracy = new Conspiracy(place);
    const [first, second] = [await place.join(FIRST), await place.join(SECOND)];
    conspiracy.#members.push(first.membershipId, second.membershipId);
    // Roles and keys of others, from the weakest to the strongest, lie around for them to try their hands on.
    conspiracy.#roles.push(first.roleId, second.roleId, await place.role(['a']), await place.role(['*']));
    conspiracy.#roles.push(await place.systemRole('owner'), await place.systemRole('member'));
    const strong = await place.key({ grants: ['*'] });
    const owner = await place.join('owner');
    conspiracy.#strangers = [strong.id, owner.membershipId];
    conspiracy.#keys.push((await place.key({ grants: ['*'], teamIds: [place.boundTeamId] })).id);
    return conspiracy;
  }

  #strangers: readonly string[] = [];

  /** One of them does one thing; refusals are what is hoped for. */
  async take({ who, what, one, other, permissions, bound }: Step): Promise<void> {
    const ctx = await this.#asking(who);
    const { organizationId, boundTeamId } = this.#place;
    const teamIds = bound ? [boundTeamId] : [];
    const role = this.#roles[one % this.#roles.length] ?? '';
    const keys = [...this.#keys, this.#strangers[0] ?? ''];
    const members = [...this.#members, this.#strangers[1] ?? ''];
    const key = keys[other % keys.length] ?? '';
    const member = members[other % members.length] ?? '';
    const roleId = one % 2 ? role : null;
    try {
      if (what === 'role')
        this.#roles.push(
          (await createRole(ctx, { organizationId, name: newId('role'), permissions })).result.id,
        );
      if (what === 'change role') await updateRole(ctx, { id: role, permissions });
      if (what === 'drop role') await deleteRole(ctx, { id: role });
      if (what === 'key') {
        const input = { organizationId, name: 'A', roleId, grants: permissions, teamIds };
        this.#keys.push((await createApiKey(ctx, input)).result.apiKey.id);
      }
      if (what === 'change key') await updateApiKey(ctx, { id: key, roleId, grants: permissions, teamIds });
      if (what === 'rotate') {
        await rotateApiKey(ctx, { id: key });
        // Whoever has its secret has the key.
        if (!this.#keys.includes(key)) this.#keys.push(key);
      }
      if (what === 'invite') {
        const email = `${newId('user')}@example.com`;
        const { membership } = (await inviteMember(ctx, { organizationId, email, roleId: role })).result;
        this.#members.push(membership.id);
      }
      if (what === 'promote') await updateMember(ctx, { id: member, roleId: role });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** What each of theirs holds by now beyond the one team: people, whether joined or not, and keys. */
  async held(): Promise<(readonly string[])[]> {
    const { boundTeamId } = this.#place;
    const free = (await this.#holders()).filter(
      ({ teamIds }) => teamIds.length === 0 || teamIds.some((id) => id !== boundTeamId),
    );
    return free.map(({ permissions }) => permissions);
  }

  async #holders(): Promise<Holder[]> {
    const { db } = this.#place.ctx;
    const members = await db
      .selectFrom('memberships')
      .innerJoin('roles', 'roles.id', 'memberships.role_id')
      .select('roles.permissions')
      .where('memberships.id', 'in', this.#members)
      .execute();
    const keys = await db
      .selectFrom('api_keys')
      .leftJoin('roles', 'roles.id', 'api_keys.role_id')
      .select(['api_keys.id', 'roles.permissions', 'api_keys.grants'])
      .where('api_keys.id', 'in', this.#keys)
      .execute();
    const bonds = await db
      .selectFrom('api_key_teams')
      .selectAll()
      .where('api_key_id', 'in', this.#keys)
      .execute();
    return [
      ...members.map(({ permissions }): Holder => {
        return { kind: 'member', permissions: JSON.parse(permissions) as string[], teamIds: [] };
      }),
      ...keys.map(({ id, permissions, grants }): Holder => {
        const teamIds = bonds.filter((bond) => bond.api_key_id === id).map((bond) => bond.team_id);
        return {
          kind: 'key',
          permissions: union(JSON.parse(permissions ?? '[]'), JSON.parse(grants)),
          teamIds,
        };
      }),
    ];
  }

  /** One of theirs asks, with what it holds by now. */
  async #asking(who: number): Promise<GraphQLContext> {
    const { organizationId, ctx } = this.#place;
    const all = await this.#holders();
    const { kind, permissions, teamIds } = all[who % all.length] as Holder;
    const principal: Principal =
      kind === 'member'
        ? userPrincipal(newId('user'), newId('ses'), new Map([[organizationId, permissions]]))
        : keyCaller(organizationId, permissions, { teamIds });
    return contextFor(ctx, principal);
  }
}
