import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../db/open.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { type ApiKey, loadSecretsOfKeys } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { revokeApiKeys } from '../../src/keys/revoke-api-keys.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateApiKeys } from '../../src/keys/update-api-keys.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { type Verdict, verifySecret } from '../../src/verification/verify.ts';
import { createKeyLookup } from '../../src/verification-host/key-lookup.ts';
import { LOOK_AGE, LOOK_EVERY_TIME } from '../../src/verification-host/look-up-at-once.ts';
import type { ManualClock } from '../support/clock.ts';
import { onEachDatabase } from '../support/databases.ts';
import { probed } from '../support/lookups.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../support/properties.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

/** What a key is made with, so that every kind of change can narrow it. */
interface Subject {
  readonly ctx: GraphQLContext;
  readonly key: ApiKey;
  readonly secret: string;
  readonly roleId: string;
  readonly otherTeam: string;
}

/** After each of these, the key is refused what it was accepted for. */
const CHANGES: Record<string, (subject: Subject, clock: ManualClock) => Promise<unknown>> = {
  revokeApiKey: ({ ctx, key }) => revokeApiKey(ctx, { id: key.id }),
  revokeApiKeys: ({ ctx, key }) => revokeApiKeys(ctx, { ids: [key.id] }),
  revokeApiKeySecret: async ({ ctx, key }) => {
    const [secret] = (await loadSecretsOfKeys(ctx, [key.id])).get(key.id) ?? [];
    return revokeApiKeySecret(ctx, { id: secret?.id ?? '' });
  },
  'rotation without overlap': ({ ctx, key }) => rotateApiKey(ctx, { id: key.id, overlapSeconds: 0 }),
  'the end of an overlap': async ({ ctx, key }, clock) => {
    await rotateApiKey(ctx, { id: key.id, overlapSeconds: 1 });
    clock.advance(1000);
  },
  expiry: async (_subject, clock) => clock.advance(100_000),
  'updateApiKey: disabled': ({ ctx, key }) => updateApiKey(ctx, { id: key.id, enabled: false }),
  updateApiKeys: ({ ctx, key }) => updateApiKeys(ctx, { ids: [key.id], enabled: false }),
  'updateApiKey: a grant less': ({ ctx, key }) => updateApiKey(ctx, { id: key.id, grants: [] }),
  'updateApiKey: no role': ({ ctx, key }) => updateApiKey(ctx, { id: key.id, roleId: null }),
  'updateApiKey: another allowlist': ({ ctx, key }) =>
    updateApiKey(ctx, { id: key.id, ipAllowlist: ['192.0.2.0/24'] }),
  'updateApiKey: another team': ({ ctx, key, otherTeam }) =>
    updateApiKey(ctx, { id: key.id, teamIds: [otherTeam] }),
  'updateApiKey: expires sooner': async ({ ctx, key }, clock) => {
    await updateApiKey(ctx, { id: key.id, expiresAt: clock.now() + 5 });
    clock.advance(5);
  },
  updateRole: ({ ctx, roleId }) => updateRole(ctx, { id: roleId, permissions: [] }),
};

onEachDatabase('no verification goes by what was, once a change is answered', (engine) => {
  const services = servicesOn(engine);
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(services().config.databaseUrl);
  });
  afterAll(() => database.close());

  async function subject(lookup: { ctx: GraphQLContext }): Promise<Subject> {
    const { ctx } = await makeOrganization(services());
    const role = (await createRole(ctx, { name: 'Reader', permissions: ['of.role'] })).result;
    const teams = [];
    for (const name of ['Own', 'Other']) teams.push((await createTeam(ctx, { name })).result.id);
    const [own = '', otherTeam = ''] = teams;
    const { apiKey, secret } = (
      await createApiKey(ctx, {
        name: 'Key',
        roleId: role.id,
        grants: ['of.key'],
        teamIds: [own],
        ipAllowlist: ['10.0.0.0/8'],
        expiresAt: services().clock.now() + 100_000,
      })
    ).result;
    return { ctx: { ...ctx, keys: lookup.ctx.keys }, key: apiKey, secret, roleId: role.id, otherTeam };
  }

  /** Look-ups on the bus of the services, whose reads can be made to lose every race. */
  function lookupWith(cacheKeys: number, lookAge = LOOK_AGE) {
    const { database: own, probe } = probed(database);
    const { bus, config } = services();
    const keys = createKeyLookup(own, { bus, config: { ...config, verifyCacheKeys: cacheKeys } }, lookAge);
    return { ctx: { ...services(), keys } as unknown as GraphQLContext, probe, stop: () => keys.stop() };
  }

  async function teamOf({ ctx, key }: Subject): Promise<string> {
    const { team_id } = await ctx.db
      .selectFrom('api_key_teams')
      .select('team_id')
      .where('api_key_id', '=', key.id)
      .executeTakeFirstOrThrow();
    return team_id;
  }

  function verify(one: Subject, teamId: string): Verdict | Promise<Verdict> {
    return verifySecret(one.ctx, {
      secret: one.secret,
      anyPermissions: [],
      permissions: ['of.role', 'of.key'],
      ip: '10.0.0.1',
      teamId,
      environment: 'live',
      takeRateLimit: true,
      reportTo: null,
      mayFail: () => true,
      visible: () => true,
    });
  }

  test.each(Object.keys(CHANGES))('%s', { timeout: PROPERTY_TIMEOUT_MS }, async (name) => {
    const change = CHANGES[name];
    if (!change) throw new Error(`There is no ${name}`);
    let verifications = 0;
    const race = fc.asyncProperty(
      fc.record({
        cacheKeys: fc.constantFrom(1, 1000),
        warm: fc.boolean(),
        lookAge: fc.constantFrom(LOOK_AGE, LOOK_EVERY_TIME),
        callers: fc.integer({ min: 1, max: 20 }),
        headStart: fc.integer({ min: 0, max: 3 }),
        delays: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 10 }),
      }),
      async ({ cacheKeys, warm, lookAge, callers, headStart, delays }) => {
        const lookup = lookupWith(cacheKeys, lookAge);
        const [one, noise] = [await subject(lookup), await subject(lookup)];
        const [team, noiseTeam] = [await teamOf(one), await teamOf(noise)];
        let answered = false;
        let late = 0;
        // At the very moment of the decision: an answer may take longer to arrive.
        const stop = services().bus.subscribe((event) => {
          if (event.type === 'use' && event.keyId === one.key.id && answered) late += 1;
        });
        expect((await verify(noise, noiseTeam)).code).toBe('VALID');
        if (warm) expect((await verify(one, team)).code).toBe('VALID');
        let turn = 0;
        lookup.probe.delay = () => {
          turn += 1;
          return pause(delays[turn % delays.length]);
        };
        let ended = false;
        const caller = async (): Promise<void> => {
          while (!ended) {
            verifications += 1;
            await verify(one, team);
            // Drives the key out of a small cache.
            if (cacheKeys === 1) await verify(noise, noiseTeam);
            await new Promise(setImmediate);
          }
        };
        const calling = Array.from({ length: callers }, caller);
        await pause(headStart);
        await change(one, services().clock);
        answered = true;
        const after = await verify(one, team);
        // Those that were under way, and others after them.
        const asked = verifications;
        await eventually(() => verifications >= asked + 2 * callers);
        ended = true;
        await Promise.all(calling);
        stop();
        lookup.stop();
        expect(after.code).not.toBe('VALID');
        expect(late).toBe(0);
        expect((await verify(one, team)).code).toBe(after.code);
      },
    );
    await fc.assert(race, runs(12));
    expect(verifications).toBeGreaterThan(100);
  });

  test('a use counts once, however often its look-up was overtaken', async () => {
    const lookup = lookupWith(1);
    const one = await subject(lookup);
    const team = await teamOf(one);
    let uses = 0;
    const stop = services().bus.subscribe((event) => {
      if (event.type === 'use' && event.keyId === one.key.id) uses += 1;
    });
    lookup.probe.delay = () => pause(5);
    const asked = 200;
    const calling = Array.from({ length: asked }, async (_, index) => {
      await pause(index % 20);
      return verify(one, team);
    });
    for (let time = 0; time < 5; time += 1) await updateApiKey(one.ctx, { id: one.key.id, name: `${time}` });
    const codes = (await Promise.all(calling)).map(({ code }) => code);
    stop();
    lookup.stop();
    expect(new Set(codes)).toEqual(new Set(['VALID']));
    expect(uses).toBe(asked);
    await one.ctx.usage.flush();
    const [written] = (await loadSecretsOfKeys(one.ctx, [one.key.id])).get(one.key.id) ?? [];
    expect(written?.uses).toBe(asked);
  });
});
