import { describe, expect, test } from 'vitest';
import { write } from '../../../src/command.ts';
import { revokeApiKeySecret } from '../../../src/keys/revoke-api-key-secret.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { joinOrganization } from '../../../src/members/join-organization.ts';
import { removeMember } from '../../../src/members/remove-member.ts';
import { revokeOperatorToken } from '../../../src/operator-tokens/revoke-operator-token.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { updateRole } from '../../../src/roles/update-role.ts';
import { createTeam } from '../../../src/teams/create-team.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { anyone, CHANGED, membershipOf, present, rename, revoke, setRole, USED } from '../../support/live.ts';
import { areLive, connectLive, type LiveSocket } from '../../support/live-socket.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
} from '../../support/server.ts';
import { roleNamed } from '../../support/services.ts';
import { eventually } from '../../support/wait.ts';

const UNAUTHORIZED = { code: 4401, reason: 'Unauthorized' };

/** Waits until the socket is closed because its credential is gone, with an error for each subscription before that. */
async function isLost({ messages, closed }: LiveSocket, subscriptions: number): Promise<void> {
  let ended: unknown;
  void closed.then((how) => {
    ended = how;
  });
  await eventually(() => ended);
  expect(ended).toEqual(UNAUTHORIZED);
  const errors = messages.filter(({ type }) => type === 'error');
  expect(errors.map(({ payload }) => payload[0].extensions)).toEqual(
    Array.from({ length: subscriptions }, () => ({ code: 'UNAUTHENTICATED' })),
  );
}

onEachDatabase('the right to see', (engine) => {
  const server = serverOn(engine);

  /** A socket with a subscription of each kind. */
  async function watch(token: string): Promise<LiveSocket> {
    const socket = await connectLive(server(), token);
    socket.subscribe(CHANGED);
    socket.subscribe(USED);
    await areLive(server(), 2);
    return socket;
  }

  test('is not read again for what somebody was denied', async () => {
    const owner = await makeMember(server());
    const { sessionToken, organizationId } = owner;
    const { id, secret } = await makeApiKey(server(), organizationId);
    const { messages } = await watch(sessionToken);
    const { statements, services } = server();
    const reads = () =>
      statements.filter((sql) => /from "sessions" left join "memberships"/.test(sql)).length;
    const roleId = (await roleNamed(anyone(server()), organizationId, 'member')).id;
    const membershipId = await membershipOf(server(), owner);
    const changes = () => messages.filter(({ payload }) => payload?.data?.apiKeyChanged).length;
    const before = reads();
    for (const [action, attempt] of [
      ['role.update', `updateRole(input: { id: "${roleId}" })`],
      ['role.delete', `deleteRole(input: { id: "${roleId}" })`],
      ['role.create', 'createRole(input: { name: "Mine", permissions: [] })'],
      ['member.update', `updateMember(input: { id: "${membershipId}" })`],
      ['member.remove', `removeMember(input: { id: "${membershipId}" })`],
    ] as const) {
      await ask(server(), `mutation { ${attempt} { __typename } }`, { token: secret });
      const recorded = services.db
        .selectFrom('audit_log')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('action', '=', action);
      await eventually(async () => (await recorded.execute()).length === 1);
      // What is announced later arrives later.
      const known = changes();
      await rename(server(), id, `After ${action}`);
      await eventually(() => changes() > known);
    }
    // Once, at the first look at the log since the caller came.
    expect(reads() - before).toBeLessThanOrEqual(1);
  });

  describe('ends with the credential, and the socket with it', () => {
    test('where the session is signed out', async () => {
      const { sessionToken } = await makeMember(server());
      const socket = await watch(sessionToken);
      await ask(server(), 'mutation { signOut { signedOut } }', { token: sessionToken });
      await isLost(socket, 2);
    });

    test('where the session has been idle too long, or is too old', async () => {
      const { sessionToken } = await makeMember(server());
      const socket = await watch(sessionToken);
      server().clock.advance(12 * 3_600_000 + 1);
      await isLost(socket, 2);
    });

    test('where the session has been idle too long, of which whatever is asked on the socket is the opposite', async () => {
      const { sessionToken, userId } = await makeMember(server());
      const lastSeenOf = async (id: string) =>
        (
          await server()
            .services.db.selectFrom('sessions')
            .select('last_seen_at')
            .where('user_id', '=', id)
            .executeTakeFirstOrThrow()
        ).last_seen_at;
      const socket = await watch(sessionToken);
      for (let half = 0; half < 3; half += 1) {
        server().clock.advance(11 * 3_600_000);
        const query = socket.subscribe('{ viewer { actor { __typename } } }');
        await eventually(() => query.completed);
        // Written in the background: the clock must not run ahead of it.
        await eventually(async () => (await lastSeenOf(userId)) === server().clock.now());
      }
      // What is only listened to is no use.
      server().clock.advance(12 * 3_600_000 + 1);
      await isLost(socket, 2);
    });

    test('where another process ends it', async () => {
      const { sessionToken, userId } = await makeMember(server());
      const socket = await watch(sessionToken);
      await server().services.db.deleteFrom('sessions').where('user_id', '=', userId).execute();
      await isLost(socket, 2);
    });

    test('where the member is removed from its only organization', async () => {
      const owner = await makeMember(server());
      const member = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
      const socket = await watch(member.sessionToken);
      await removeMember(anyone(server()), { id: await membershipOf(server(), member) });
      await isLost(socket, 2);
    });

    test.each([
      ['is revoked', async (id: string) => void (await revoke(server(), id))],
      [
        'is disabled',
        async (id: string) => void (await updateApiKey(anyone(server()), { id, enabled: false })),
      ],
      [
        'may not come from there any more',
        async (id: string) =>
          void (await updateApiKey(anyone(server()), { id, ipAllowlist: ['192.0.2.0/24'] })),
      ],
      [
        'loses its secret',
        async (id: string) => {
          const { id: secret } = await server()
            .services.db.selectFrom('api_key_secrets')
            .select('id')
            .where('api_key_id', '=', id)
            .executeTakeFirstOrThrow();
          await revokeApiKeySecret(anyone(server()), { id: secret });
        },
      ],
    ])('where the key %s', async (_how, end) => {
      const { organizationId } = await makeMember(server());
      const key = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
      const socket = await watch(key.secret);
      await end(key.id);
      await isLost(socket, 2);
    });

    test('where the key expires', async () => {
      const { organizationId } = await makeMember(server());
      const expiresAt = server().clock.now() + 60_000;
      const key = await makeApiKey(server(), organizationId, { grants: ['api.key.view'], expiresAt });
      const socket = await watch(key.secret);
      server().clock.advance(60_000);
      await isLost(socket, 2);
    });

    test('where the operator token is revoked, as the command line does', async () => {
      const { organizationId } = await makeMember(server());
      const name = `console-${engine}`;
      const socket = await connectLive(server(), await makeOperatorToken(server(), name));
      socket.subscribe(CHANGED, { organizationId });
      await areLive(server(), 1);
      await revokeOperatorToken(anyone(server()), name);
      await isLost(socket, 1);
    });
  });

  describe('ends with the permission, and the socket stays', () => {
    test('where the member’s role changes', async () => {
      const owner = await makeMember(server());
      const member = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
      const socket = await connectLive(server(), member.sessionToken);
      const changes = socket.subscribe(CHANGED);
      await areLive(server(), 1);
      await setRole(server(), member, ['organization.view', 'team.view']);
      await eventually(() => changes.errors);
      expect(changes.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
      await makeApiKey(server(), owner.organizationId);
      const query = socket.subscribe('{ organization { teams { totalCount } } }');
      await eventually(() => query.completed);
      expect(query.events[0].teams.totalCount).toBe(0);
      expect(changes.events).toEqual([]);
      expect(await socket.subscribe(CHANGED).failed()).toBe('FORBIDDEN');
    });

    test('where the role itself changes, for members and keys', async () => {
      const member = await makeMember(server());
      const roleId = await setRole(server(), await makeMember(server(), { ...member, role: 'member' }), [
        'api.key.view',
      ]);
      const key = await makeApiKey(server(), member.organizationId, { roleId });
      const socket = await connectLive(server(), key.secret);
      const changes = socket.subscribe(CHANGED);
      await areLive(server(), 1);
      await updateRole(anyone(server()), { id: roleId, permissions: ['api.key.create'] });
      await eventually(() => changes.errors);
      expect(changes.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
    });

    test('where the member leaves one of two organizations, in that one only', async () => {
      const [one, two] = [await makeMember(server()), await makeMember(server())];
      const both = await makeMember(server(), { organizationId: one.organizationId, role: 'member' });
      const ctx = anyone(server());
      const { id: roleId } = await roleNamed(ctx, two.organizationId, 'member');
      await write(ctx, async (change) => {
        await change.lock(two.organizationId);
        const person = { organizationId: two.organizationId, email: both.email, name: null, roleId };
        await joinOrganization(change, person);
      });
      const socket = await connectLive(server(), both.sessionToken);
      const here = socket.subscribe(CHANGED, { organizationId: one.organizationId });
      const there = socket.subscribe(CHANGED, { organizationId: two.organizationId });
      await areLive(server(), 2);
      const left = { organizationId: two.organizationId, userId: both.userId };
      await removeMember(ctx, { id: await membershipOf(server(), left) });
      await eventually(() => there.errors);
      expect(there.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
      await makeApiKey(server(), two.organizationId);
      await makeApiKey(server(), one.organizationId);
      await here.received(1);
      expect(there.events).toEqual([]);
    });
  });

  test('ends before anything that happens after: not one event too many, whatever is under way', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const key = await makeApiKey(server(), organizationId);
    for (let round = 0; round < 5; round += 1) {
      const member = await makeMember(server(), { organizationId, role: 'member' });
      const socket = await connectLive(server(), member.sessionToken);
      const changes = socket.subscribe(CHANGED);
      const uses = socket.subscribe(USED, { minIntervalMs: 100 });
      await areLive(server(), 2);
      await Promise.all([rename(server(), key.id, `before ${round}`), present(server(), key.secret)]);
      const ending = setRole(server(), member, ['team.view']);
      const after = ending.then(() =>
        Promise.all([rename(server(), key.id, `after ${round}`), present(server(), key.secret)]),
      );
      await after;
      await eventually(() => changes.errors && uses.errors);
      expect(changes.events.filter(({ apiKey }) => apiKey.name === `after ${round}`)).toEqual([]);
      await socket.close();
    }
  });

  test('that grows or shrinks shows more or less of what comes, in the same subscription', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const member = await makeMember(server(), { organizationId, role: 'member' });
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), member.sessionToken);
    const changes = socket.subscribe(
      'subscription { apiKeyChanged { apiKey { name auditLog(first: 1) { totalCount } } } }',
    );
    await areLive(server(), 1);
    const codes = () => changes.messages.map(({ payload }) => payload.errors?.[0]?.extensions.code ?? null);
    await rename(server(), key.id, 'One');
    await changes.received(1);
    await setRole(server(), member, ['api.key.view', 'audit.view']);
    await rename(server(), key.id, 'Two');
    await changes.received(2);
    await setRole(server(), member, ['api.key.*']);
    await rename(server(), key.id, 'Three');
    await changes.received(3);
    expect(codes()).toEqual(['FORBIDDEN', null, 'FORBIDDEN']);
  });

  test('counts from the moment it is there: of an organization joined while the socket is open', async () => {
    const [one, two] = [await makeMember(server()), await makeMember(server())];
    const socket = await connectLive(server(), one.sessionToken);
    const here = socket.subscribe(CHANGED);
    await areLive(server(), 1);
    const ctx = anyone(server());
    const { id: roleId } = await roleNamed(ctx, two.organizationId, 'member');
    const { organizationId } = two;
    await write(ctx, async (change) => {
      await change.lock(organizationId);
      await joinOrganization(change, { organizationId, email: one.email, name: null, roleId });
    });
    const there = socket.subscribe(CHANGED, { organizationId });
    await areLive(server(), 2);
    await makeApiKey(server(), organizationId);
    await makeApiKey(server(), one.organizationId);
    await Promise.all([there.received(1), here.received(1)]);
    await removeMember(ctx, { id: await membershipOf(server(), { ...one, organizationId }) });
    expect(await there.failed()).toBe('FORBIDDEN');
  });

  test('is looked at anew where a subscription begins while it is changing', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    for (let round = 0; round < 5; round += 1) {
      const member = await makeMember(server(), { organizationId, role: 'member' });
      const key = await makeApiKey(server(), organizationId);
      const socket = await connectLive(server(), member.sessionToken);
      const ending = setRole(server(), member, ['team.view']);
      const after = encodeCursor(organizationId, 0);
      const started = [1, 2, 3].map(() => socket.subscribe(CHANGED, { after }));
      await ending;
      started.push(socket.subscribe(CHANGED, { after }));
      await rename(server(), key.id, `after ${round}`);
      await eventually(() => started.every(({ errors }) => errors));
      for (const { errors, events } of started) {
        expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
        expect(events.filter(({ apiKey }) => apiKey.name === `after ${round}`)).toEqual([]);
      }
      await socket.close();
    }
  });

  test('costs no query for each event', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    const changes = socket.subscribe('subscription { apiKeyChanged { cursor } }');
    await areLive(server(), 1);
    const { statements } = server();
    statements.length = 0;
    for (let n = 0; n < 20; n += 1) await rename(server(), key.id, `Name ${n}`);
    await changes.received(20);
    const credentials = statements.filter((text) => /^select .* from "(sessions|memberships)"/.test(text));
    // At most the looks for what nobody announces, two a second.
    expect(credentials.length).toBeLessThan(10);
  });

  test('is asked for by every operation of a socket, as by every request', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const member = await makeMember(server(), { organizationId, role: 'member' });
    const socket = await connectLive(server(), member.sessionToken);
    await server().services.db.deleteFrom('sessions').where('user_id', '=', member.userId).execute();
    const query = socket.subscribe('{ viewer { actor { __typename } } }');
    expect(await socket.closed).toEqual(UNAUTHORIZED);
    expect(query.messages).toEqual([]);
  });

  test('is gone for good: who goes on to send while the socket closes is not heard', async () => {
    const { organizationId, sessionToken, userId } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const observer = await connectLive(
      server(),
      (await makeMember(server(), { organizationId })).sessionToken,
    );
    // It reads no more, so that it never learns that it was shut out.
    socket.socket.pause();
    await server().services.db.deleteFrom('sessions').where('user_id', '=', userId).execute();
    await eventually(() => server().app.liveServer.subscriptions.counts.callers === 1);
    socket.subscribe('mutation { createApiKey(input: { name: "Stolen" }) { __typename } }');
    socket.subscribe(CHANGED);
    await observer.ping();
    const query = observer.subscribe('{ apiKeys { nodes { name } } }');
    await eventually(() => query.completed);
    expect(query.events[0].nodes).toEqual([]);
    expect(server().app.liveServer.subscriptions.counts.subscribers).toBe(0);
  });
});

onEachDatabase('the teams of a key', (engine) => {
  const server = serverOn(engine);

  test('end its connections when they change, so that common clients subscribe again', async () => {
    const { organizationId } = await makeMember(server());
    const team = async (name: string) =>
      (await createTeam(anyone(server()), { organizationId, name })).result.id;
    const teamIds = [await team('One')];
    const { id, secret } = await makeApiKey(server(), organizationId, {
      grants: ['api.key.view'],
      teamIds,
    });
    const socket = await connectLive(server(), secret);
    for (const query of [CHANGED, USED]) socket.subscribe(query);
    const stream = await openEventSource(server(), CHANGED, { token: secret });
    await areLive(server(), 3);
    await updateApiKey(anyone(server()), { id, teamIds: [...teamIds, await team('Two')] });
    expect(await socket.closed).toEqual({ code: 1013, reason: 'Try again later' });
    await stream.ended;
    const ends = socket.messages.filter(({ type }) => type === 'error' || type === 'complete');
    expect([...ends, ...stream.events.filter(({ event }) => event === 'complete')]).toEqual([]);
  });
});

onEachDatabase('rights that another process changes', (engine) => {
  const one = serverOn(engine);

  test('count here from the first moment on', async () => {
    const other = await startTestServer(engine, { databaseUrl: one().services.config.databaseUrl });
    try {
      const owner = await makeMember(one());
      const { organizationId } = owner;
      for (let round = 0; round < 3; round += 1) {
        const member = await makeMember(one(), { organizationId, role: 'member' });
        const socket = await connectLive(one(), member.sessionToken);
        const changes = socket.subscribe(CHANGED);
        await areLive(one(), 1);
        await setRole(other, member, ['team.view']);
        await eventually(() => changes.errors);
        expect(changes.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'api.key.view' });
        await socket.close();
      }
    } finally {
      await other.close();
    }
  });
});
