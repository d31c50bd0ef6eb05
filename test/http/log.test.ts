import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { cookieName } from '../../src/http/auth/cookies.ts';
import { createSignInLink } from '../../src/sign-in/create-sign-in-link.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, send, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openConnection } from '../support/sockets.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('the log', (engine) => {
  const server = serverOn(engine);

  test('says who did what, and how that went', async () => {
    const { sessionToken, userId } = await makeMember(server());
    const query =
      'mutation Mine { a: createTeam(input: { name: "One" }) { __typename } signOut { signedOut } }';
    const { headers } = await ask(server(), query, { token: sessionToken });
    const requestId = headers.get('x-request-id');
    const line = await eventually(() =>
      server()
        .lines.map((text) => JSON.parse(text))
        .find((one) => one.requestId === requestId),
    );
    expect(line).toMatchObject({
      method: 'POST',
      route: '/graphql',
      status: 200,
      actor: userId,
      operation: 'mutation createTeam signOut',
    });
  });

  test('has no secret in it, whatever somebody sends, wherever', async () => {
    const { organizationId, sessionToken, userId } = await makeMember(server());
    const operator = await makeOperatorToken(server(), `log-${engine}`);
    const key = await makeApiKey(server(), organizationId, { grants: ['*'] });
    const ctx = contextFor(server().services, systemPrincipal('cli'));
    const { result: link } = await write(ctx, (change) => createSignInLink(change, ctx.publicUrl, userId));
    const secrets = [sessionToken, operator, key.secret, link.token];

    const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';
    await ask(server(), verify, { token: operator, variables: { key: key.secret } });
    const create =
      'mutation { createApiKey(input: { name: "A" }) { ... on CreateApiKeyPayload { secret } } }';
    const created = await ask(server(), create, { token: sessionToken });
    secrets.push(created.data.createApiKey.secret);
    const rotate = `mutation { rotateApiKey(input: { id: "${key.id}" }) { ... on RotateApiKeyPayload { secret } } }`;
    secrets.push((await ask(server(), rotate, { token: operator })).data.rotateApiKey.secret);
    const signIn = `mutation { signIn(input: { token: "${link.token}" }) { ... on SignInPayload { sessionToken } } }`;
    secrets.push((await ask(server(), signIn)).data.signIn.sessionToken);

    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      const json = { 'Content-Type': 'application/json' };
      // In its place, refused; and in every wrong place.
      await ask(server(), '{ viewer { actor { __typename } } }', { token: `${secret}x` });
      await ask(server(), '{ viewer { actor { __typename } } }', { headers: { 'X-API-Key': secret } });
      await fetch(`${server().url}/${secret}?token=${secret}`, { headers: { 'User-Agent': secret } });
      await fetch(`${server().url}/graphql?query={__typename}&variables=${secret}`);
      await ask(server(), `query ${secret.replaceAll('-', '_')} { nothing(key: "${secret}") }`);
      await ask(server(), verify, { token: operator, variables: { key: [secret] } });
      await ask(server(), verify, { token: operator, variables: { key: secret, other: secret } });
      await send(server(), { headers: json, body: `{"query": "${secret}` });
      await send(server(), {
        headers: { ...json, Cookie: `${cookieName(server().url)}=${secret}` },
        body: '{}',
      });
      const connection = await openConnection(server().url);
      connection.send(`GET /${secret} HTTP/1.1\r\n${secret}\r\n\r\n`);
      await connection.closed();
    }
    // What goes wrong in the database quotes rows.
    const hash = createHash('sha256').update(key.secret).digest('hex');
    server().services.log.error('a database said', {
      error: new Error(`Key (hash)=(${hash}) already exists`),
    });

    const text = server().lines.join('');
    expect(server().lines.length).toBeGreaterThan(50);
    for (const secret of secrets) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(createHash('sha256').update(secret).digest('hex'))).toBe(false);
    }
  });
});
