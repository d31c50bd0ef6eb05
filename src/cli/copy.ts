import { type CopyProgress, copyDatabase } from '../../db/copy.ts';
import { migrate, migrationProblem } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { parseConfig } from '../core/config.ts';
import { settleJournal } from '../usage/journal-store.ts';
import type { Io, Output } from './io.ts';

/** The options of `copy`. */
export interface CopyOptions {
  readonly from: string;
  /** Left out: DATABASE_URL. */
  readonly to?: string;
}

const BAR_WIDTH = 30;

/**
 * Copies one database into another, and says how many rows of each table are there now. Rejects where either can't be
 * used, the source is not up to date, or the target holds something else.
 */
export async function copy(io: Io, { from, to }: CopyOptions): Promise<void> {
  const addressOf = (url: string) => parseConfig({ DATABASE_URL: url }).databaseUrl;
  const [sourceUrl, targetUrl] = [
    addressOf(from),
    to === undefined ? parseConfig(io.env).databaseUrl : addressOf(to),
  ];
  if (sourceUrl === targetUrl) throw new Error('--from and --to are the same database');
  const source = await openDatabase(sourceUrl);
  try {
    const problem = await migrationProblem(source);
    if (problem) throw new Error(`The database to copy from can't be read as it is: ${problem}`);
    // Usage that a server which was killed had no time to bring into the tables.
    if (source.background) await settleJournal(source.kysely, source.background);
    const target = await openDatabase(targetUrl);
    try {
      await migrate(target);
      const copied = await copyDatabase(source, target, progressOn(io.stderr));
      for (const { table, rows, sha256 } of copied)
        io.stdout.write(`${table.padEnd(24)}${String(rows).padStart(12)} rows  ${sha256.slice(0, 16)}\n`);
      io.stdout.write('Both databases hold the same\n');
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A bar that moves on a terminal; elsewhere a line when a table is done. */
function progressOn(output: Output): (progress: CopyProgress) => void {
  const moves = 'isTTY' in output && output.isTTY === true;
  return ({ step, table, done, rows }) => {
    const whole = done >= rows;
    if (!moves) {
      if (whole && step === 'compare' && rows > 0)
        output.write(`${table}: ${rows} rows copied and compared\n`);
      return;
    }
    const filled = rows === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / rows) * BAR_WIDTH));
    const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}`;
    const verb = step === 'copy' ? 'Copying' : 'Comparing';
    output.write(`\r\u001b[K${verb} ${table} [${bar}] ${done}/${rows}`);
    if (whole && step === 'compare') output.write('\r\u001b[K');
  };
}
