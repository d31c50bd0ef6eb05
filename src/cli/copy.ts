import { type CopyProgress, copyDatabase } from '../../db/copy.ts';
import { analyze, migrationProblem } from '../../db/migrate.ts';
import { parseConfig } from '../core/config/config.ts';
import { checkpointJournal } from '../usage/store.ts';
import { type Io, linesTo, type Output } from './io.ts';
import { explained, type NamedDatabase, open, openMigrated } from './open-database.ts';
import { bar, isTerminal } from './progress.ts';

/** The options of `copy`. */
export interface CopyOptions {
  readonly from: string;
  /** Omitted: DATABASE_URL. */
  readonly to?: string;
}

/**
 * Copies one database into another and prints the number of rows of each table. Rejects if either can't be used, the
 * source is not up to date, or the target holds other data.
 */
export async function copy(io: Io, { from, to }: CopyOptions): Promise<void> {
  const source: NamedDatabase = { url: databaseUrl({ DATABASE_URL: from }), setting: '--from' };
  const target: NamedDatabase =
    to === undefined
      ? { url: databaseUrl(io.env), setting: 'DATABASE_URL' }
      : { url: databaseUrl({ DATABASE_URL: to }), setting: '--to' };
  if (source.url === target.url) throw new Error('--from and --to are the same database');
  const reading = await open(source);
  try {
    const problem = await explained(source, () => migrationProblem(reading));
    if (problem)
      throw new Error(
        `--from: ${problem}. Check that it is the right database, or run keywright migrate on it first`,
      );
    // Usage that a killed server did not move to the tables.
    await checkpointJournal(reading.unhurried);
    const { database: writing } = await openMigrated(target, linesTo(io.stderr));
    try {
      const copied = await copyDatabase(reading, writing, progressOn(io.stderr));
      if (writing.engine === 'postgres') await analyze(writing.unhurried, linesTo(io.stderr));
      for (const { table, rows, sha256 } of copied)
        io.stdout.write(`${table.padEnd(24)}${String(rows).padStart(12)} rows  ${sha256.slice(0, 16)}\n`);
      io.stdout.write('Both databases have the same contents\n');
    } finally {
      await writing.close();
    }
  } finally {
    await reading.close();
  }
}

function databaseUrl(env: Readonly<Record<string, string>>): string {
  return parseConfig(env).databaseUrl;
}

/** A bar that moves in a terminal; otherwise one line for each finished table. */
function progressOn(output: Output): (progress: CopyProgress) => void {
  const moves = isTerminal(output);
  return ({ step, table, done, rows }) => {
    const whole = done >= rows;
    if (!moves) {
      if (whole && step === 'compare' && rows > 0)
        output.write(`${table}: ${rows} rows copied and compared\n`);
      return;
    }
    const verb = step === 'copy' ? 'Copying' : 'Comparing';
    output.write(`\r\u001b[K${verb} ${table} ${bar(rows === 0 ? 1 : done / rows)} ${done}/${rows}`);
    if (whole && step === 'compare') output.write('\r\u001b[K');
  };
}
