import { isObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { userPrincipal } from '../../src/access/principal.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { CHANGED, rename } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { Place } from './world.ts';

/** What only those who manage keys see of a key, with what is asked of it. */
const MANAGED = {
  description: '',
  metadata: '',
  createdBy: '{ __typename }',
  revokedBy: '{ __typename }',
  revocationReason: '',
  usage: '{ verified }',
} as const;

/** What everybody sees who sees the key: its bearer, and a gateway that verifies it. */
const OPEN =
  'id name environment status start grants permissions ipAllowlist enabled externalId createdAt expiresAt lastUsedAt role { name } teams { name } secrets { start }';

onEachDatabase('what is shown of an API key', (engine) => {
  const server = serverOn(engine);
  let place: Place;
  let id: string;
  let secret: string;
  let email: string;

  beforeAll(async () => {
    const { services } = server();
    place = await Place.make(services, 'Hidden Organization');
    const { organizationId, boundTeamId } = place;
    const creator = await place.join('owner');
    email = creator.email;
    const principal = userPrincipal(creator.userId, creator.sessionId, new Map([[organizationId, ['*']]]));
    const { result } = await createApiKey(contextFor(services, principal), {
      organizationId,
      name: 'Customer 42',
      description: 'Hidden description',
      metadata: { plan: 'Hidden plan' },
      externalId: 'customer-42',
      roleId: await place.role([]),
      teamIds: [boundTeamId],
    });
    id = result.apiKey.id;
    secret = result.secret;
  });

  /** The ways to the key for a caller without any management permission, and for a gateway. */
  const ways = [
    [
      'to its bearer',
      () => secret,
      (fields: string) => `{ viewer { actor { ... on ApiKey { ${fields} } } } }`,
    ],
    [
      'to a gateway',
      async () => (await place.key({ grants: ['api.key.verify'] })).secret,
      (fields: string) => `mutation { verifyApiKey(input: { key: "${secret}" }) { apiKey { ${fields} } } }`,
    ],
  ] as const;

  describe.each(ways)('%s', (_title, tokenOf, document) => {
    const asked = async (fields: string) => {
      const { data, errors } = await ask(server(), document(fields), { token: await tokenOf() });
      return { key: data?.viewer?.actor ?? data?.verifyApiKey?.apiKey, data, errors };
    };

    test('is what it may do and how it stands', async () => {
      const { key, errors } = await asked(OPEN);
      expect(errors).toEqual([]);
      expect(key).toMatchObject({ id, name: 'Customer 42', externalId: 'customer-42', enabled: true });
    });

    test.each(Object.entries(MANAGED))(
      'is not its %s, which takes nothing else with it',
      async (field, below) => {
        const { key, errors } = await asked(`name ${field} ${below}`);
        expect(key).toEqual({ name: 'Customer 42', [field]: null });
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'api.key.view' } }]);
      },
    );

    test('is not its organization', async () => {
      const { key, errors } = await asked('name organization { id }');
      expect(key).toEqual({ name: 'Customer 42', organization: null });
      expect(errors).toMatchObject([{ extensions: { permission: 'organization.view' } }]);
      const ofRole = await asked('name role { name organization { id } }');
      expect(ofRole.key).toEqual({
        name: 'Customer 42',
        role: { name: expect.any(String), organization: null },
      });
      expect(ofRole.errors).toMatchObject([{ extensions: { permission: 'organization.view' } }]);
      // These can't be null, so they show the ID instead of taking everything around them away.
      const through = await asked('name teams { organization { id name slug keyPrefix } }');
      expect(through.errors).toEqual([]);
      const shown = { id: place.organizationId, name: place.organizationId, slug: place.organizationId };
      expect(through.key.teams).toEqual([{ organization: { ...shown, keyPrefix: '' } }]);
    });

    test('is nothing of all that can be asked that is noted for others', async () => {
      const type = schema.getType('ApiKey');
      if (!isObjectType(type)) throw new Error('There is no type ApiKey');
      for (const field of Object.keys(type.getFields())) {
        for (const below of ['', '{ __typename }', '{ nodes { __typename } }']) {
          const { data, errors } = await asked(`${field} ${below}`);
          expect(JSON.stringify([data, errors]), field).not.toContain('Hidden');
          expect(JSON.stringify([data, errors]), field).not.toContain(email);
        }
      }
    });
  });

  test('its bearer finds the id of its organization, and neither the key nor the organization as a node', async () => {
    const { data, errors } = await ask(
      server(),
      `{ viewer { organizations { nodes { id } } } nodes(ids: ["${id}", "${place.organizationId}"]) { id } }`,
      { token: secret },
    );
    expect(errors).toEqual([]);
    expect(data.viewer.organizations.nodes).toEqual([{ id: place.organizationId }]);
    expect(data.nodes).toEqual([null, null]);
    const own = await ask(server(), '{ viewer { organizations { nodes { name slug keyPrefix } } } }', {
      token: secret,
    });
    expect(own.errors).toEqual([]);
    expect(own.data.viewer.organizations.nodes).toEqual([
      { name: place.organizationId, slug: place.organizationId, keyPrefix: '' },
    ]);
  });

  test('a key with organization.view sees its organization, and a person the own without it', async () => {
    const viewing = await place.key({ grants: ['organization.view'] });
    const { token } = await place.join([]);
    for (const one of [viewing.secret, token]) {
      const { data, errors } = await ask(server(), '{ viewer { organizations { nodes { name } } } }', {
        token: one,
      });
      expect(errors).toEqual([]);
      expect(data.viewer.organizations.nodes).toEqual([{ name: 'Hidden Organization' }]);
    }
  });

  test('a secret that is shown once survives what is refused next to it', async () => {
    const { secret: token } = await place.key({ grants: ['api.key.create'] });
    const { data, errors } = await ask(
      server(),
      'mutation { createApiKey(input: { name: "A", metadata: { a: 1 } }) { ... on CreateApiKeyPayload { secret apiKey { name metadata organization { name } } } } }',
      { token },
    );
    expect(data.createApiKey).toEqual({
      secret: expect.stringMatching(/^kw_live_/),
      apiKey: { name: 'A', metadata: null, organization: null },
    });
    expect(errors.map(({ extensions }) => extensions.permission).sort()).toEqual([
      'api.key.view',
      'organization.view',
    ]);
  });

  test('a mutation that is forbidden is null, and lets its siblings be', async () => {
    const { secret: token } = await place.key({ grants: ['api.key.create'] });
    const { data, errors } = await ask(
      server(),
      `mutation {
        first: createApiKey(input: { name: "A" }) { ... on CreateApiKeyPayload { secret } }
        second: createTeam(input: { name: "B" }) { __typename }
      }`,
      { token },
    );
    expect(data).toEqual({ first: { secret: expect.any(String) }, second: null });
    expect(errors).toMatchObject([{ path: ['second'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test('events show of it what queries do', async () => {
    const { secret: token } = await place.key({ grants: ['api.key.view'] });
    const socket = await connectLive(server(), token);
    const fields = '{ id metadata teams { organization { id } } organization { id } }';
    const changes = socket.subscribe(CHANGED.replace('{ id name }', fields));
    const names = socket.subscribe(CHANGED.replace('{ id name }', '{ teams { organization { name } } }'));
    await areLive(server(), 2);
    await rename(server(), id, 'Customer 42');
    await rename(server(), id, 'Customer 43');
    await changes.received(1);
    expect(changes.events[0].apiKey).toEqual({
      id,
      metadata: { plan: 'Hidden plan' },
      teams: [{ organization: { id: place.organizationId } }],
      organization: null,
    });
    await names.received(1);
    expect(names.events[0].apiKey.teams).toEqual([{ organization: { name: place.organizationId } }]);
    await socket.close();
  });
});
