import { describe, expect, test } from 'vitest';
import { pruneAuditLog } from '../../src/audit/prune-audit-log.ts';
import type { Outcome } from '../../src/command.ts';
import { write } from '../../src/command.ts';
import type { OidcAdmission, OidcConfig } from '../../src/core/config/oidc-config.ts';
import { newId } from '../../src/core/ids.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { newFlow, type OidcFlow } from '../../src/oidc/oidc-flow.ts';
import type { OidcClaims } from '../../src/oidc/oidc-identity.ts';
import { signInWithProvider } from '../../src/oidc/sign-in-with-provider.ts';
import { unlinkIdentity } from '../../src/oidc/unlink-identity.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { hashToken } from '../../src/sessions/tokens.ts';
import { createSignInLink, INVITATION_MS } from '../../src/sign-in/create-sign-in-link.ts';
import { type SignedIn, signIn } from '../../src/sign-in/sign-in.ts';
import { auditLogOf, commandLine, freshEmail, makePerson, nobody, sessionOf } from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, roleNamed, servicesOn } from '../support/services.ts';

const ISSUER = 'https://id.example.com';
const SETTINGS: OidcConfig = {
  issuer: ISSUER,
  clientId: 'keywright',
  clientSecret: 'secret',
  allowedEmailDomains: ['example.com'],
  admission: null,
};

onEachDatabase('a sign-in with a provider', (engine) => {
  const services = servicesOn(engine);

  function claims(facts: Partial<OidcClaims> = {}): OidcClaims {
    const subject = newId('evt');
    const email = freshEmail();
    const usual = { emailVerified: true, name: 'Grace', hostedDomain: undefined };
    return { issuer: ISSUER, subject, email, ...usual, ...facts };
  }

  function arrive(
    who: OidcClaims,
    { admission = null, flow }: { admission?: OidcAdmission | null; flow?: OidcFlow } = {},
  ): Promise<Outcome<SignedIn>> {
    return signInWithProvider(
      nobody(services()),
      { ...SETTINGS, admission },
      { claims: who, flow: flow ?? newFlow(null, services().clock.now()) },
    );
  }

  async function organizationsReached({ result }: Outcome<SignedIn>) {
    const { db, clock } = services();
    return (await authenticateSession(db, clock, result.sessionToken))?.organizationIds;
  }

  async function actionsSince(organizationId: string, count: number) {
    const rows = (await auditLogOf(services(), organizationId)).slice(count);
    return rows.map(({ action, actor }) => `${action} by ${actor}`);
  }

  async function organizationThatAdmits(role = 'member') {
    const { organization } = await makeOrganization(services());
    return { organizationId: organization.id, admission: { organization: organization.slug, role } };
  }

  async function makeRole(organizationId: string, name: string, permissions: readonly string[]) {
    const id = newId('role');
    const row = {
      id,
      organization_id: organizationId,
      name,
      name_key: name.toLowerCase(),
      description: null,
    };
    const rest = { permissions: JSON.stringify(permissions), is_system: 0, created_at: 0 };
    await services()
      .db.insertInto('roles')
      .values({ ...row, ...rest })
      .execute();
    return id;
  }

  async function everybody() {
    const { db } = services();
    const users = await db.selectFrom('users').select('id').execute();
    const identities = await db.selectFrom('user_identities').select('subject').execute();
    const sessions = await db.selectFrom('sessions').select('id').execute();
    const flows = await db.selectFrom('used_oidc_flows').select('state_hash').execute();
    const audit = await db.selectFrom('audit_log').select('id').execute();
    return [users, identities, sessions, flows, audit].map((rows) => rows.length);
  }

  async function expectRefusal(work: () => Promise<unknown>, cause: RegExp) {
    const before = await everybody();
    await expect(work()).rejects.toThrow(cause);
    expect(await everybody()).toEqual(before);
  }

  test('is known by issuer and subject: the address of somebody else’s account opens nothing', async () => {
    const person = await makePerson(services());
    const first = claims({ email: person.email });
    expect((await arrive(first)).result.user.id).toBe(person.userId);
    const taken = /another identity/;
    await expectRefusal(() => arrive(claims({ email: person.email })), taken);
    await expectRefusal(() => arrive(claims({ email: person.email.toUpperCase() })), taken);
    // The same subject of another issuer is another person.
    await expectRefusal(() => arrive({ ...first, issuer: 'https://other.example.com' }), taken);
    expect((await arrive({ ...first, email: freshEmail() })).result.user.id).toBe(person.userId);
  });

  test('takes over no account by an address that its own identity has since been given', async () => {
    const [mallory, alice] = [await makePerson(services()), await makePerson(services())];
    const identity = claims({ email: mallory.email });
    await arrive(identity);
    const { result } = await arrive({ ...identity, email: alice.email });
    expect(result.user.id).toBe(mallory.userId);
  });

  test('needs a verified address of an allowed domain each time, not only the first', async () => {
    const person = await makePerson(services());
    const known = claims({ email: person.email });
    await arrive(known);
    await expectRefusal(() => arrive({ ...known, emailVerified: false }), /not verified/);
    await expectRefusal(() => arrive({ ...known, email: 'a@evil.example' }), /domain/);
  });

  test.each([
    ['', /subject/],
    ['a'.repeat(256), /subject/],
    ['a\0b', /subject/],
    ['ä', /subject/],
  ])('refuses the subject %j', async (subject, cause) => {
    const { email } = await makePerson(services());
    await expectRefusal(() => arrive(claims({ email, subject })), cause);
  });

  test('takes Google’s word only for addresses that Google hosts', async () => {
    const { email } = await makePerson(services());
    const issuer = 'https://accounts.google.com';
    await expectRefusal(() => arrive(claims({ email, issuer })), /not hosted by Google/);
    await arrive(claims({ email, issuer, hostedDomain: 'example.com' }));
    const { email: gmail } = await makePerson(services(), { email: `${newId('evt')}@gmail.com` });
    const settings = { ...SETTINGS, allowedEmailDomains: null };
    const flow = newFlow(null, services().clock.now());
    await signInWithProvider(nobody(services()), settings, {
      claims: claims({ email: gmail, issuer }),
      flow,
    });
  });

  test('lets in nobody whom nobody invited', async () => {
    await expectRefusal(() => arrive(claims()), /no user has/);
    const left = await makePerson(services());
    await services().db.deleteFrom('memberships').where('id', '=', left.membershipId).execute();
    await expectRefusal(() => arrive(claims({ email: left.email })), /not belong to any organization/);
  });

  test('reaches all organizations of the user, joined and invited', async () => {
    const first = await makePerson(services());
    const second = await makePerson(services(), { email: first.email, role: 'member', joined: false });
    const third = await makePerson(services(), { email: first.email, role: 'admin', joined: false });
    const stranger = await makePerson(services(), { joined: false });
    const arrived = await arrive(claims({ email: first.email }));
    const reached = [first, second, third].map(({ organizationId }) => organizationId);
    expect(new Set(await organizationsReached(arrived))).toEqual(new Set(reached));
    expect(await organizationsReached(arrived)).not.toContain(stranger.organizationId);
  });

  test('ends sessions and invitations that rest on links which members have seen, and no others', async () => {
    const person = await makePerson(services());
    const other = await makePerson(services(), { email: person.email, joined: false });
    const { organizationId } = person;
    const limited = await write(commandLine(services()), (change) =>
      createSession(change, person.userId, { limitedTo: organizationId, organizationIds: [] }),
    );
    const invitation = await write(commandLine(services()), (change) =>
      createSignInLink(change, '', person.userId, INVITATION_MS, {
        organizationId: other.organizationId,
        ceiling: [],
        createdBy: null,
      }),
    );
    const own = await sessionOf(services(), person.userId);
    const before = (await auditLogOf(services(), organizationId)).length;
    await arrive(claims({ email: person.email }));
    const { db, clock } = services();
    expect(await authenticateSession(db, clock, limited.result.token)).toBeNull();
    expect(await authenticateSession(db, clock, own.token)).not.toBeNull();
    await expect(signIn(nobody(services()), { token: invitation.result.token })).rejects.toThrow(
      /No sign-in link/,
    );
    expect(await actionsSince(organizationId, before)).toEqual([
      `identity.linked by ${person.userId}`,
      `session.ended by ${person.userId}`,
      `session.created by ${person.userId}`,
    ]);
  });

  test('ends the session named in the flow, where it is still there', async () => {
    const [mine, yours] = [await makePerson(services()), await makePerson(services())];
    const session = await sessionOf(services(), yours.userId);
    const flow = newFlow(hashToken(session.token), services().clock.now());
    const before = (await auditLogOf(services(), yours.organizationId)).length;
    const who = claims({ email: mine.email });
    await arrive(who, { flow });
    expect(await authenticateSession(services().db, services().clock, session.token)).toBeNull();
    expect(await actionsSince(yours.organizationId, before)).toEqual([`session.ended by ${yours.userId}`]);
    await arrive(who, { flow: newFlow(hashToken(session.token), services().clock.now()) });
    expect(await actionsSince(yours.organizationId, before)).toHaveLength(1);
  });

  test('succeeds once a flow, also where many try at once', async () => {
    const { email } = await makePerson(services());
    const who = claims({ email });
    const flow = newFlow(null, services().clock.now());
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => arrive(who, { flow })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries)
      if (one.status === 'rejected') expect(String(one.reason)).toMatch(/already been used/);
  });

  test('of somebody who was parted from the identity links whoever comes next, and ends the sessions', async () => {
    const person = await makePerson(services());
    const { result } = await arrive(claims({ email: person.email }));
    const before = (await auditLogOf(services(), person.organizationId)).length;
    await unlinkIdentity(commandLine(services()), person.email);
    expect(await authenticateSession(services().db, services().clock, result.sessionToken)).toBeNull();
    expect(await actionsSince(person.organizationId, before)).toEqual([
      'identity.unlinked by cli',
      'session.ended by cli',
    ]);
    expect((await arrive(claims({ email: person.email }))).result.user.id).toBe(person.userId);
  });

  test('of somebody who was parted leaves no trace in organizations that their sessions did not reach', async () => {
    const person = await makePerson(services());
    await arrive(claims({ email: person.email }));
    const second = await makePerson(services(), { email: person.email, role: 'member' });
    const limited = await write(commandLine(services()), (change) =>
      createSession(change, person.userId, { limitedTo: second.organizationId, organizationIds: [] }),
    );
    const inviting = await makePerson(services(), { email: person.email, joined: false });
    const places = [person, second, inviting].map(({ organizationId }) => organizationId);
    const logs = () => Promise.all(places.map(async (id) => (await auditLogOf(services(), id)).length));
    const before = await logs();
    await unlinkIdentity(commandLine(services()), person.email);
    expect(await authenticateSession(services().db, services().clock, limited.result.token)).toBeNull();
    const [all = [], reached = [], none] = await Promise.all(
      places.map((id, index) => actionsSince(id, before[index] ?? 0)),
    );
    expect(all).toEqual(['identity.unlinked by cli', 'session.ended by cli']);
    expect(reached).toEqual(['identity.unlinked by cli', ...Array(2).fill('session.ended by cli')]);
    expect(none).toEqual([]);
  });

  describe('of a newcomer, where the operator lets them in,', () => {
    test('makes a user and a member with the role of the setting', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const before = (await auditLogOf(services(), organizationId)).length;
      const who = claims({ name: '  Grace Hopper ' });
      const arrived = await arrive(who, { admission });
      const { id, name, email } = arrived.result.user;
      expect([name, email]).toEqual(['Grace Hopper', who.email]);
      expect(await organizationsReached(arrived)).toEqual([organizationId]);
      const { db, clock } = services();
      const principal = await authenticateSession(db, clock, arrived.result.sessionToken);
      expect(principal?.permissionsIn(organizationId)).toEqual([
        'api.key.view',
        'team.view',
        'organization.view',
      ]);
      const rows = (await auditLogOf(services(), organizationId)).slice(before);
      const role = await roleNamed(commandLine(services()), organizationId, 'member');
      expect(rows).toMatchObject([
        {
          action: 'member.joined',
          actor: 'oidc',
          changes: { userId: [null, id], email: [null, who.email], roleId: [null, role.id] },
        },
        { action: 'identity.linked', actor: id },
        { action: 'session.created', actor: id },
      ]);
    });

    test.each([
      ['is none', 42],
      ['is blank', '  '],
      ['has control characters', 'a\u0000b'],
      ['is too long', 'x'.repeat(101)],
    ])('leaves out a name that %s', async (_title, name) => {
      const { admission } = await organizationThatAdmits();
      expect((await arrive(claims({ name }), { admission })).result.user.name).toBeNull();
    });

    test('does so for somebody known elsewhere too, and for somebody linked before', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const person = await makePerson(services());
      const who = claims({ email: person.email });
      await arrive(who);
      const arrived = await arrive({ ...who, email: freshEmail() }, { admission });
      expect(arrived.result.user.id).toBe(person.userId);
      expect(await organizationsReached(arrived)).toEqual([person.organizationId, organizationId]);
    });

    test('takes an own role by name, in any case, or by id', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const id = await makeRole(organizationId, 'Newcomer', ['api.key.create']);
      for (const role of ['newcomer', 'NEWCOMER', id]) {
        const { result } = await arrive(claims(), {
          admission: { organization: admission.organization, role },
        });
        const principal = await authenticateSession(services().db, services().clock, result.sessionToken);
        expect(principal?.permissionsIn(organizationId)).toEqual(['api.key.create']);
      }
    });

    test('takes the organization by its id', async () => {
      const { organizationId } = await organizationThatAdmits();
      const arrived = await arrive(claims(), { admission: { organization: organizationId, role: 'member' } });
      expect(await organizationsReached(arrived)).toEqual([organizationId]);
    });

    test('leaves members and invited ones the role that they were given', async () => {
      const { organizationId, admission } = await organizationThatAdmits('admin');
      const joined = await makePerson(services(), { organizationId, role: 'member' });
      const invited = await makePerson(services(), { organizationId, role: 'member', joined: false });
      for (const { email } of [joined, invited]) {
        const { result } = await arrive(claims({ email }), { admission });
        const principal = await authenticateSession(services().db, services().clock, result.sessionToken);
        expect(principal?.can(organizationId, 'api.key.create')).toBe(false);
      }
    });

    test('keeps out whoever was removed, until invited again', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const who = claims();
      await arrive(who, { admission });
      const { id } = await services()
        .db.selectFrom('memberships')
        .select('id')
        .where('organization_id', '=', organizationId)
        .executeTakeFirstOrThrow();
      await removeMember(commandLine(services()), { id });
      await expectRefusal(() => arrive(who, { admission }), /not belong to any organization/);
      // Nor by another way than the one they came.
      await unlinkIdentity(commandLine(services()), String(who.email));
      await expectRefusal(
        () => arrive(claims({ email: who.email }), { admission }),
        /not belong to any organization/,
      );
      await makePerson(services(), {
        organizationId,
        email: String(who.email),
        role: 'member',
        joined: false,
      });
      expect(await organizationsReached(await arrive(who, { admission }))).toEqual([organizationId]);
    });

    test('keeps out whoever was removed, however long ago and however short the audit log is kept', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const { membershipId: id, email } = await makePerson(services(), { organizationId, role: 'member' });
      await makePerson(services(), { organizationId });
      await removeMember(commandLine(services()), { id });
      const { db, unhurried, clock, config } = services();
      clock.advance(400 * 86_400_000);
      await makePerson(services(), { organizationId });
      await pruneAuditLog({ db, unhurried, clock, config: { ...config, auditRetentionDays: 1 } });
      await expectRefusal(() => arrive(claims({ email }), { admission }), /not belong to any organization/);
    });

    test('makes one user and one member of somebody who comes several times at once', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const who = claims();
      const arrived = await Promise.all([1, 2, 3, 4].map(() => arrive(who, { admission })));
      expect(new Set(arrived.map(({ result }) => result.user.id)).size).toBe(1);
      const members = services()
        .db.selectFrom('memberships')
        .select('id')
        .where('organization_id', '=', organizationId);
      expect(await members.execute()).toHaveLength(1);
      for (const one of arrived) expect(await organizationsReached(one)).toEqual([organizationId]);
    });

    test('makes one identity of two that come with one address at once', async () => {
      const { admission } = await organizationThatAdmits();
      const email = freshEmail();
      const tries = await Promise.allSettled([1, 2].map(() => arrive(claims({ email }), { admission })));
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test.each([
      ['is not there', 'nobody', /is not a role/],
      ['holds everything', 'everything', /all permissions/],
    ])('admits nobody where the role %s, and says so in the log', async (_title, name, cause) => {
      const { organizationId, admission } = await organizationThatAdmits(name);
      await makeRole(organizationId, 'everything', ['api.key.view', '*']);
      await expectRefusal(() => arrive(claims(), { admission }), /no user has/);
      expect(services().lines.at(-1)).toMatch(cause);
      const member = await makePerson(services(), { organizationId });
      expect((await arrive(claims({ email: member.email }), { admission })).result.user.id).toBe(
        member.userId,
      );
    });

    test('admits nobody where the organization is not there, and members of others as ever', async () => {
      const admission = { organization: 'not-there', role: 'member' };
      await expectRefusal(() => arrive(claims(), { admission }), /no user has/);
      expect(services().lines.at(-1)).toMatch(/is not an organization/);
      const member = await makePerson(services());
      expect((await arrive(claims({ email: member.email }), { admission })).result.user.id).toBe(
        member.userId,
      );
    });

    test('is not stopped by others who invited them elsewhere first', async () => {
      const { organizationId, admission } = await organizationThatAdmits();
      const elsewhere = await makePerson(services(), { joined: false });
      const arrived = await arrive(claims({ email: elsewhere.email }), { admission });
      expect(await organizationsReached(arrived)).toContain(organizationId);
    });
  });
});
