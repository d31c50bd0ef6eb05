import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseFor, finish, readyAt, start } from '../cli/run.ts';
import { startBehindProxy } from '../support/behind-proxy.ts';
import { onEachDatabase } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { eventually } from '../support/wait.ts';

const DOCUMENTS = {
  createApiKey: `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) {
    ... on CreateApiKeyPayload { secret apiKey { id } } } }`,
  rotateApiKey: `mutation ($input: RotateApiKeyInput!) { result: rotateApiKey(input: $input) {
    ... on RotateApiKeyPayload { secret retiring { id } } } }`,
  inviteMember: `mutation ($input: InviteMemberInput!) { result: inviteMember(input: $input) {
    ... on InviteMemberPayload { signInUrl membership { id } } } }`,
  createOrganization: `mutation ($input: CreateOrganizationInput!) { result: createOrganization(input: $input) {
    ... on CreateOrganizationPayload { organization { id slug } } } }`,
};

/** The bytes of a database, with those of its log. */
function filesBeside(path: string): string {
  const folder = dirname(path);
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join();
}

/** Ends the connection in PostgreSQL itself, while it commits. */
const TERMINATE = `
  create function terminate_commit() returns trigger language plpgsql as
    $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
  create constraint trigger terminate_commit after insert on idempotent_answers
    deferrable initially deferred for each row execute function terminate_commit()`;

/** A server whose connections to PostgreSQL can be lost, and a request of each kind. */
async function setUp() {
  const { url, proxy, server } = await startBehindProxy();
  const { organizationId, sessionToken: token } = await makeMember(server);
  const { id } = await makeApiKey(server, organizationId);
  const { id: roleId } = await server.services.db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', 'member')
    .executeTakeFirstOrThrow();
  const operator = await makeOperatorToken(server, 'billing');
  const idempotencyKey = randomUUID();
  const inputs = {
    createApiKey: { name: 'Deploy', idempotencyKey },
    rotateApiKey: { id, idempotencyKey },
    inviteMember: { email: 'bob@example.com', roleId, idempotencyKey },
    createOrganization: { name: 'Globex', idempotencyKey },
  };
  const send = (name: keyof typeof inputs) =>
    ask(server, DOCUMENTS[name], {
      token: name === 'createOrganization' ? operator : token,
      variables: { input: inputs[name] },
    });
  const changes = async () =>
    (await server.services.db.selectFrom('audit_log').select('id').execute()).length;
  return { url, proxy, server, send, changes, idempotencyKey };
}

for (const name of Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[])
  for (const when of ['before', 'after', 'terminated'] as const)
    test(`PostgreSQL is lost at the commit (${when}), and the repetition makes one change: ${name}`, async () => {
      const { url, proxy, server, send, changes, idempotencyKey } = await setUp();
      const before = await changes();
      const lost = when === 'terminated' ? null : proxy.cutAtCommit('insert into "idempotent_answers"', when);
      if (!lost) await withClient(url, (client) => client.query(TERMINATE));
      const first = await send(name);
      expect(first.status).toBe(503);
      expect(first.errors).toMatchObject([
        {
          message: expect.stringContaining('check whether it took effect'),
          extensions: { code: 'UNAVAILABLE' },
        },
      ]);
      if (lost) await lost;
      else
        await withClient(url, (client) =>
          client.query('drop trigger terminate_commit on idempotent_answers'),
        );
      proxy.mend();
      const made = await eventually(async () => ({ changes: (await changes()) - before }));
      expect(made.changes).toBe(when === 'after' ? 1 : 0);
      const second = await eventually(async () => {
        const answer = await send(name);
        return answer.status === 200 && answer;
      });
      expect(second.errors).toEqual([]);
      for (const value of Object.values(second.data.result)) expect(value).toBeTruthy();
      expect((await send(name)).data).toEqual(second.data);
      expect((await changes()) - before).toBe(1);
      expect(server.lines.join()).not.toContain(idempotencyKey);
    });

onEachDatabase('a server that is killed between the commit and the response', (engine) => {
  test('gives the first response after it was started again', async () => {
    const { env, open } = await databaseFor(engine);
    const account = ['--organization', 'Acme', '--email', 'a@example.com', '--json'];
    const { stdout } = await finish(start(env, 'init', ...account));
    const { sessionToken: token } = JSON.parse(stdout) as { sessionToken: string };
    const killed = start({ ...env, PORT: '0' }, 'serve');
    const proxy = await openProxy(Number(new URL(await readyAt(killed)).port));
    proxy.delayAnswers(3_600_000);
    const variables = { input: { name: 'Deploy', idempotencyKey: randomUUID() } };
    const send = (url: string) => ask({ url }, DOCUMENTS.createApiKey, { token, variables });
    const lost = send(`http://127.0.0.1:${proxy.port}`);
    const { kysely: db } = await open();
    const [row] = await eventually(async () => {
      const rows = await db.selectFrom('idempotent_answers').selectAll().execute();
      return rows.length > 0 && rows;
    });
    killed.process.kill('SIGKILL');
    await expect(lost).rejects.toThrow();
    await killed.ended;
    const files = engine === 'sqlite' ? filesBeside(env.DATABASE_URL.slice('sqlite:'.length)) : '';
    const server = start({ ...env, PORT: '0' }, 'serve');
    const url = await readyAt(server);
    const { data } = await send(url);
    expect(data.result).toMatchObject({ secret: expect.stringMatching(/^kw_live_/) });
    expect((await send(url)).data).toEqual(data);
    for (const shown of [data.result.secret, variables.input.idempotencyKey])
      expect(files + killed.stdout() + killed.stderr()).not.toContain(shown);
    const { status } = await fetch(`${url}/verify`, { headers: { 'X-API-Key': data.result.secret } });
    expect(status).toBe(200);
    expect(await db.selectFrom('api_keys').select('id').execute()).toHaveLength(1);
    expect(await db.selectFrom('idempotent_answers').selectAll().execute()).toEqual([row]);
  });
});
