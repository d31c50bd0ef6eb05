import { createHash } from 'node:crypto';
import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { type App, createApp } from '../../src/app.ts';
import { write } from '../../src/command.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { newId } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { createSession } from '../../src/sessions/create-session.ts';

/** Contents of a prepared database. */
export interface Fixture {
  readonly organizationId: string;
  /** One per user: a credential can have at most 1,000 sockets. */
  readonly sessionTokens: readonly string[];
  readonly keys: readonly { readonly id: string; readonly secretId: string }[];
}

/** Keywright on a file, on any free port. */
export function openApp(file: string): Promise<App> {
  const config = parseConfig({
    DATABASE_URL: `sqlite:${file}`,
    PORT: '0',
    LOG_LEVEL: 'warn',
    CONNECTIONS_PER_ADDRESS: '20000',
  });
  return createApp(config, { log: createLog('warn') });
}

/** A context with all permissions. */
export function contextOf(services: ServerServices): GraphQLContext {
  const request = { id: 'bench', ip: '192.0.2.1', userAgent: 'bench' };
  return {
    ...services,
    publicUrl: services.publicUrl,
    principal: systemPrincipal('bench'),
    client: request,
    response: {},
  };
}

/** Creates a database with one organization, its users and its keys. */
export async function prepareFixture(file: string, users: number, keys: number): Promise<Fixture> {
  const app = await openApp(file);
  await app.start();
  const ctx = contextOf(app.services);
  const { result: organization } = await createOrganization(ctx, { name: 'Acme' });
  const { id: roleId } = await ctx.db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organization.id)
    .where('name', '=', 'owner')
    .executeTakeFirstOrThrow();
  const { result: sessionTokens } = await write(ctx, async (change) => {
    await change.lock(organization.id);
    const tokens: string[] = [];
    for (let user = 0; user < users; user++) {
      const member = {
        organizationId: organization.id,
        email: `user-${user}@example.com`,
        name: null,
        roleId,
      };
      const { userId } = await joinOrganization(change, member);
      tokens.push((await createSession(change, userId)).token);
    }
    return tokens;
  });
  const { result } = await createApiKey(ctx, {
    organizationId: organization.id,
    name: 'Deployment pipeline',
  });
  const copies = await copyKey(ctx, result.apiKey.id, keys);
  await app.stop();
  return { organizationId: organization.id, sessionTokens, keys: copies };
}

/** Thousands of keys at once: creating each with the verb would sync the disk each time. */
async function copyKey(ctx: GraphQLContext, keyId: string, count: number) {
  const { db } = ctx;
  const key = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  const secret = await db
    .selectFrom('api_key_secrets')
    .selectAll()
    .where('api_key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  const copies = Array.from({ length: count }, () => ({ id: newId('key'), secretId: newId('sec') }));
  await db.transaction().execute(async (tx) => {
    for (const [number, { id, secretId }] of copies.entries()) {
      const name = `Deployment pipeline ${String(number).padStart(5, '0')}`;
      await tx
        .insertInto('api_keys')
        .values({ ...key, id, name, name_key: name.toLowerCase() })
        .execute();
      await tx
        .insertInto('api_key_secrets')
        .values({
          ...secret,
          id: secretId,
          api_key_id: id,
          hash: createHash('sha256').update(secretId).digest('hex'),
        })
        .execute();
    }
  });
  return copies;
}
