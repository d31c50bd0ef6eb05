import { idType } from '../../src/core/ids.ts';
import type { ApiKey } from '../../src/keys/api-key.ts';
import type { User } from '../../src/members/user.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { nullIfMissing } from '../loaded.ts';
import { ActorRef, ApiKeyRef, type SystemActor, UserRef } from '../refs.ts';
import { loadKnownUser } from './user.ts';

const SystemActorRef = builder.objectRef<SystemActor>('SystemActor').implement({
  description: 'Keywright itself, or a back end that authenticates with an operator token',
  interfaces: [ActorRef],
  fields: (t) => ({
    displayName: t.exposeString('systemName', { description: 'Name of the actor. The same as `name`' }),
    name: t.exposeString('systemName', {
      description: 'Name of the actor, for example `cli`, `expiry` or `operator:billing-backend`',
    }),
  }),
});

/** The user, API key or system that performed an action. */
export const Actor = ActorRef.implement({
  description: 'The user, API key or system that performed an action',
  resolveType: (actor) => {
    if ('systemName' in actor) return SystemActorRef;
    return idType(actor.id) === 'user' ? UserRef : ApiKeyRef;
  },
  fields: (t) => ({
    displayName: t.string({ description: 'Name to show to people' }),
  }),
});

/** Permissions that allow seeing a user or key behind its id. */
const SHOWN_BY = {
  user: ['member.view', 'api.key.view', 'audit.view'],
  key: ['api.key.view'],
} as const;

/** Names of actors that a caller limited to teams may not see. */
const UNKNOWN = { user: { systemName: 'member' }, key: { systemName: 'api-key' } } as const;

/**
 * An actor in the audit log. Users and keys are resolved only for callers who may see them; others, such as a
 * verifying gateway, get the id alone. A caller limited to teams sees keys of its teams and no members.
 * `organizationId`: where it acted.
 */
export async function findActor(
  ctx: GraphQLContext,
  actor: string,
  organizationId: string | null,
): Promise<User | ApiKey | SystemActor> {
  const type = idType(actor);
  if (type !== 'user' && type !== 'key') return { systemName: actor };
  const { principal } = ctx;
  const may = (permission: string) => organizationId !== null && principal?.can(organizationId, permission);
  const shown = principal?.actor === actor || SHOWN_BY[type].some(may);
  if (!shown) return principal?.keyScope === null ? { systemName: actor } : UNKNOWN[type];
  if (principal?.keyScope !== null) {
    const known = type === 'key' ? await ApiKeyRef.getDataloader(ctx).load(actor).catch(nullIfMissing) : null;
    return known ?? UNKNOWN[type];
  }
  if (type === 'key') return ApiKeyRef.getDataloader(ctx).load(actor);
  return organizationId === null
    ? UserRef.getDataloader(ctx).load(actor)
    : loadKnownUser(ctx, { organizationId, userId: actor });
}
