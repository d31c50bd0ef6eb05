import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { isPostgres } from '../../../db/is-postgres.ts';
import type { Context } from '../../context.ts';
import { exportOrganization } from '../../keys/export/export-organization.ts';
import { recordExport } from '../../keys/export/record-export.ts';
import { usageStore } from '../../usage/store.ts';
import { type Io, type Output, printJson } from '../io.ts';
import { organizationInDatabase } from '../organizations/in-database.ts';
import { withContext } from '../with-context.ts';

/** The options of `keys export`. */
export interface ExportKeysOptions {
  readonly output: string;
  readonly organization?: string;
  readonly json?: true;
}

/**
 * Writes everything of an organization with the hashes of its keys as JSON Lines, as of one moment, and records it in
 * the audit log. The file is new and readable by its owner only. `-`: standard output. Rejects if the file exists.
 */
export async function exportKeys(io: Io, options: ExportKeysOptions): Promise<void> {
  const exported = await withContext(io, async (ctx) => {
    const organizationId = await organizationInDatabase(io, ctx, options.organization);
    // Before anything is written: an export that is not recorded must not exist.
    await recordExport(ctx, organizationId);
    // Usage that servers have not moved to the tables yet.
    await usageStore(ctx.unhurried, 'export').checkpoint(0);
    if (options.output === '-') return writeLines(ctx, organizationId, io.stdout);
    const file = createWriteStream(options.output, { flags: 'wx', mode: 0o600 });
    await once(file, 'open');
    try {
      const keys = await writeLines(ctx, organizationId, file);
      file.end();
      await finished(file);
      return keys;
    } catch (error) {
      file.destroy();
      await rm(options.output, { force: true });
      throw error;
    }
  });
  if (options.output === '-') return;
  if (options.json) printJson(io, exported);
  else {
    const keys = exported.keys === 1 ? '1 key' : `${exported.keys} keys`;
    io.stdout.write(`Exported ${keys} to ${options.output}\n`);
    io.stderr.write(
      'The file contains the hashes of all secrets. Store it securely and delete it when you no longer need it.\n',
    );
  }
}

/** Writes an export of one snapshot. Returns the number of keys. */
async function writeLines(
  { db }: Context,
  organizationId: string,
  output: Output & Partial<Pick<NodeJS.WritableStream, 'once'>>,
): Promise<{ readonly keys: number }> {
  const reading = db.transaction().setAccessMode('read only');
  const atOnce = isPostgres(db) ? reading.setIsolationLevel('repeatable read') : reading;
  return atOnce.execute(async (tx) => {
    let keys = 0;
    for await (const line of exportOrganization(tx, organizationId)) {
      if (line.type === 'key') keys += 1;
      const isFull = output.write(`${JSON.stringify(line)}\n`) === false;
      if (isFull && output.once) await once(output as NodeJS.WritableStream, 'drain');
    }
    return { keys };
  });
}
