import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { AppError, type ErrorCode } from '../../src/core/errors.ts';
import type { DeniedAction } from '../../src/events/events.ts';
import type { GraphQLContext } from '../context.ts';

/** Adds a line to the log for each rejected mutation, and an entry to the audit log where the caller was denied. */
export const DENIED_ATTEMPTS = 'deniedAttempts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      deniedAttempts: DeniedAttemptsPlugin<Types>;
    }
  }
}

/** Rejections of something that the caller may not do. The others are mistakes in the input or in the order of things. */
const DENIALS: readonly ErrorCode[] = ['FORBIDDEN', 'ESCALATION', 'NOT_FOUND', 'LIMIT_EXCEEDED'];

/** What is recorded of each mutation; null: nothing, since it changes nothing that belongs to an organization. */
export const ATTEMPTED: Readonly<Record<string, DeniedAction | null>> = {
  createApiKey: 'api_key.create',
  updateApiKey: 'api_key.update',
  rotateApiKey: 'api_key.rotate',
  revokeApiKey: 'api_key.revoke',
  revokeApiKeys: 'api_key.revoke',
  revokeApiKeySecret: 'api_key.revoke_secret',
  createRole: 'role.create',
  updateRole: 'role.update',
  deleteRole: 'role.delete',
  createTeam: 'team.create',
  updateTeam: 'team.update',
  deleteTeam: 'team.delete',
  createOrganization: null,
  updateOrganization: 'organization.update',
  inviteMember: 'member.invite',
  updateMember: 'member.update',
  removeMember: 'member.remove',
  revokeSession: null,
  signIn: null,
  signOut: null,
  verifyApiKey: null,
};

class DeniedAttemptsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { kind, name }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (kind !== 'Mutation') return resolve;
    const action = ATTEMPTED[name] ?? null;
    return async (parent, args, context, info) => {
      try {
        return await resolve(parent, args, context, info);
      } catch (error) {
        if (error instanceof AppError)
          report(context as unknown as GraphQLContext, name, action, args, error);
        throw error;
      }
    };
  }
}

function report(
  ctx: GraphQLContext,
  operation: string,
  action: DeniedAction | null,
  args: object,
  { code }: AppError,
): void {
  const { log, principal, request } = ctx;
  const actor = principal ? { actor: principal.actor } : {};
  log.info('a mutation was rejected', { requestId: request.id, operation, code, ...actor });
  if (!action || !DENIALS.includes(code)) return;
  const input = 'input' in args ? (args.input as Readonly<Record<string, unknown>>) : {};
  const [first] = Array.isArray(input.ids) ? input.ids : [input.id];
  ctx.deniedAttempts.record(ctx, {
    action,
    organizationId: typeof input.organizationId === 'string' ? input.organizationId : null,
    targetId: typeof first === 'string' ? first : null,
  });
}

SchemaBuilder.registerPlugin(DENIED_ATTEMPTS, DeniedAttemptsPlugin);
