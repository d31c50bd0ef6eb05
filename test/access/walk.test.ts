import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, union } from '../../src/access/permissions.ts';
import { keyPrincipal, type Principal, userPrincipal } from '../../src/access/principal.ts';
import type { Context } from '../../src/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createRole } from '../../src/organizations/create-role.ts';
import { deleteRole } from '../../src/organizations/delete-role.ts';
import { inviteMember } from '../../src/organizations/invite-member.ts';
import { updateMember } from '../../src/organizations/update-member.ts';
import { updateRole } from '../../src/organizations/update-role.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, servicesOn } from '../support/services.ts';
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
  what: fc.constantFrom('role', 'change role', 'drop role', 'key', 'change key', 'invite', 'promote'),
  one: fc.nat(20),
  other: fc.nat(20),
  permissions: fc.array(permission, { maxLength: 3 }),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/*
 * Two who may each do something, and all keys and people that they make, do whatever comes to their minds. Whatever it
 * is, together they never hold anything that they did not hold at first.
 */
onEachDatabase('however two conspire', (engine) => {
  const services = servicesOn(engine);

  test('nothing that they make or change holds more than they held together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const conspiracy = await Conspiracy.begin(await Place.make(services(), 'Acme'));
        for (const one of steps) await conspiracy.take(one);
        for (const held of await conspiracy.held())
          expect(held.filter((one) => !covers(TOGETHER, one))).toEqual([]);
      }),
      { seed: SEED, numRuns: 12 },
    );
  });
});

/** Everything that the two have got hold of. */
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
    return conspiracy;
  }

  #strangers: readonly string[] = [];

  /** One of them does one thing; refusals are what is hoped for. */
  async take({ who, what, one, other, permissions }: Step): Promise<void> {
    const ctx = await this.#asking(who);
    const { organizationId } = this.#place;
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
        const input = { organizationId, name: 'A', roleId, grants: permissions };
        this.#keys.push((await createApiKey(ctx, input)).result.apiKey.id);
      }
      if (what === 'change key') await updateApiKey(ctx, { id: key, roleId, grants: permissions });
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

  /** What each of theirs holds by now: people, whether joined or not, and keys. */
  async held(): Promise<string[][]> {
    const { db } = this.#place.ctx;
    const members = await db
      .selectFrom('memberships')
      .innerJoin('roles', 'roles.id', 'memberships.role_id')
      .select('roles.permissions')
      .where('memberships.id', 'in', this.#members)
      .execute();
    const keys = this.#keys.length
      ? await db
          .selectFrom('api_keys')
          .leftJoin('roles', 'roles.id', 'api_keys.role_id')
          .select(['roles.permissions', 'api_keys.grants'])
          .where('api_keys.id', 'in', this.#keys)
          .execute()
      : [];
    return [
      ...members.map((row) => JSON.parse(row.permissions) as string[]),
      ...keys.map((row) => union(JSON.parse(row.permissions ?? '[]'), JSON.parse(row.grants))),
    ];
  }

  /** One of theirs asks, with what it holds by now. */
  async #asking(who: number): Promise<Context> {
    const { organizationId, ctx } = this.#place;
    const all = await this.held();
    const index = who % all.length;
    const permissions = all[index] ?? [];
    const principal: Principal =
      index < this.#members.length
        ? userPrincipal(newId('user'), newId('ses'), new Map([[organizationId, permissions]]))
        : keyPrincipal({ keyId: newId('key'), secretId: newId('sec'), organizationId, permissions });
    return contextFor(ctx, principal);
  }
}
