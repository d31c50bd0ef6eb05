import { write } from '../../command.ts';
import type { Context } from '../../context.ts';
import { requireCommandLine } from '../../sessions/require-command-line.ts';

/**
 * Records in the audit log that the organization is exported with the hashes of its keys. Only for the command line.
 * Rejects with NotFoundError.
 */
export async function recordExport(ctx: Context, organizationId: string): Promise<void> {
  requireCommandLine(ctx, 'organization.export');
  await write(ctx, async ({ lock, audit }) => {
    await lock(organizationId);
    audit({ organizationId, action: 'organization.exported', targetId: organizationId, changes: {} });
  });
}
