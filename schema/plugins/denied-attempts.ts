import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Principal } from '../../src/access/principal.ts';
import type { DeniedAction } from '../../src/changes/events.ts';
import { AppError, type ErrorCode, NotFoundError } from '../../src/core/errors.ts';
import type { GraphQLContext } from '../context.ts';

/** Logs each rejected mutation, and adds an audit entry if the caller was denied. */
export const DENIED_ATTEMPTS = 'deniedAttempts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      deniedAttempts: DeniedAttemptsPlugin<Types>;
    }
  }
}

/** Codes of denials. Others are invalid input or conflicts with the current state. */
const DENIALS: readonly ErrorCode[] = ['FORBIDDEN', 'ESCALATION', 'NOT_FOUND', 'LIMIT_EXCEEDED'];

/** Audit action of each mutation; null: not recorded, because it changes nothing in an organization. */
export const ATTEMPTED: Readonly<Record<string, DeniedAction | null>> = {
  createApiKey: 'api_key.create',
  importApiKeys: 'api_key.import',
  updateApiKey: 'api_key.update',
  updateApiKeys: 'api_key.update',
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
  reportVerifications: null,
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
  error: AppError,
): void {
  const { log, principal, client: request } = ctx;
  const { code } = error;
  // An optional input may be null.
  const input = (args as { readonly input?: Readonly<Record<string, unknown>> | null }).input ?? {};
  const named = typeof input.organizationId === 'string' ? input.organizationId : null;
  const organizationId = knownOrganization(principal, named);
  log.info('A mutation was rejected', {
    requestId: request.id,
    operation,
    code,
    ...(principal && { actor: principal.actor }),
    ...(organizationId !== null && { organizationId }),
  });
  if (!action || !DENIALS.includes(code)) return;
  ctx.deniedAttempts.record(ctx, { action, organizationId: named, targetId: targetOf(input, error) });
}

/** The provided organization if it is the caller's, or else the caller's only one. Other text is arbitrary input. */
function knownOrganization(principal: Principal | null, named: string | null): string | null {
  const own = principal && 'organizationIds' in principal ? principal.organizationIds : [];
  return own.find((id) => id === named) ?? (own.length === 1 ? (own[0] ?? null) : null);
}

/** The target; of several, the one that the error is about, if any. */
function targetOf({ id, ids }: Readonly<Record<string, unknown>>, error: AppError): string | null {
  if (typeof id === 'string') return id;
  if (!Array.isArray(ids)) return null;
  if (ids.length > 1) return error instanceof NotFoundError ? error.id : null;
  return typeof ids[0] === 'string' ? ids[0] : null;
}

SchemaBuilder.registerPlugin(DENIED_ATTEMPTS, DeniedAttemptsPlugin);
