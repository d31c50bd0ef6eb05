import { idType } from '../src/core/ids.ts';
import type { ApiKey } from '../src/keys/api-key.ts';
import type { User } from '../src/organizations/user.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { ApiKeyRef, UserRef } from './refs.ts';

interface SystemActor {
  readonly systemName: string;
}

const SystemActorRef = builder.objectRef<SystemActor>('SystemActor').implement({
  description: 'Keywright itself, or the product’s own back end by an operator token',
  fields: (t) => ({
    name: t.exposeString('systemName', { description: '`cli`, `expiry`, `operator:billing-backend` …' }),
  }),
});

/** Who did something. */
export const Actor = builder.unionType('Actor', {
  description: 'Who did something: a person, an API key, or a system',
  types: [UserRef, ApiKeyRef, SystemActorRef],
  resolveType: (actor) => {
    if ('systemName' in actor) return SystemActorRef;
    return idType(actor.id) === 'user' ? UserRef : ApiKeyRef;
  },
});

/**
 * The actor that the audit log names so. A key is shown as a key only to those who may see keys, to others by its id
 * alone; `organizationId` is where it acted.
 */
export async function findActor(
  ctx: GraphQLContext,
  actor: string,
  organizationId: string | null,
): Promise<User | ApiKey | SystemActor> {
  const type = idType(actor);
  if (type === 'user') return UserRef.getDataloader(ctx).load(actor);
  if (type !== 'key') return { systemName: actor };
  const { principal } = ctx;
  const visible =
    principal?.actor === actor || (organizationId !== null && principal?.can(organizationId, 'api.key.view'));
  return visible ? ApiKeyRef.getDataloader(ctx).load(actor) : { systemName: actor };
}
