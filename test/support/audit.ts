import type { GraphQLContext } from '../../schema/context.ts';

/** The audit log of the caller's organization, oldest first; with a target, only what was done to that. */
export async function auditOf(ctx: GraphQLContext, targetId?: string) {
  const { principal } = ctx;
  const [organizationId = ''] = principal && 'organizationIds' in principal ? principal.organizationIds : [];
  let query = ctx.db.selectFrom('audit_log').selectAll().where('organization_id', '=', organizationId);
  if (targetId !== undefined) query = query.where('target_id', '=', targetId);
  const rows = await query.orderBy('sequence').execute();
  return rows.map((row) => ({ ...row, changes: JSON.parse(row.changes) as Record<string, unknown> }));
}
