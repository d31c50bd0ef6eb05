import { type Io, printJson } from '../io.ts';
import { organizationInDatabase } from '../organizations/in-database.ts';
import { type Progress, progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { withContext } from '../with-context.ts';
import { DatabaseTarget } from './database-target.ts';
import { DryRunTarget } from './dry-run-target.ts';
import type { Format } from './formats.ts';
import { Importer } from './import-records.ts';
import { openSource, type Source } from './open-source.ts';
import { Report, type Summary } from './report.ts';
import type { Translation } from './translate.ts';

/** The options of `keys import`. */
export interface ImportKeysOptions {
  readonly format: Format;
  readonly organization?: string;
  readonly environment?: 'live' | 'test';
  readonly role?: string;
  /** `FROM=TO`. */
  readonly mapRole?: readonly string[];
  readonly mapPermission?: readonly string[];
  readonly plain?: true;
  readonly dryRun?: true;
  readonly rejects?: string;
  readonly json?: true;
}

/** How often progress is shown, milliseconds. */
const SHOWN_EVERY_MS = 200;

/**
 * Imports keys from a file or database into the configured database, also while a server is running. Continues where it
 * was interrupted, because keys that exist are skipped. Rejects if records were rejected.
 */
export async function importKeys(io: Io, path: string, options: ImportKeysOptions): Promise<void> {
  const translation = translationOf(options);
  const dryRun = options.dryRun ?? false;
  const source = await openSource(path, options.format, { plain: options.plain ?? false });
  try {
    const progress = progressOn(io.stderr, dryRun ? 'Checking' : 'Importing');
    const report = new Report(io, () => progress.clear(), options.rejects ?? null);
    const isCutOff = await withContext(io, async (ctx) => {
      const organizationId = await organizationInDatabase(io, ctx, options.organization);
      const target = await DatabaseTarget.open(ctx, organizationId, dryRun);
      const used = dryRun ? new DryRunTarget(target, ctx, organizationId) : target;
      const importer = new Importer(used, translation, report);
      await importAll(source, importer, report, progress).finally(() => target.close());
      return importer.isCutOff;
    }).finally(() => report.close());
    const summary = report.summary(dryRun);
    if (options.json) printJson(io, summary);
    else io.stdout.write(textOf(summary));
    if (isCutOff) throw new Error('The export is incomplete: its last line is missing');
    if (report.rejected > 0)
      throw new Error(`${report.rejected} ${report.rejected === 1 ? 'record was' : 'records were'} rejected`);
  } finally {
    await source.close();
  }
}

async function importAll(
  source: Source,
  importer: Importer,
  report: Report,
  progress: Progress,
): Promise<void> {
  const start = performance.now();
  let shownAt = start;
  const show = (share: number): void => {
    shownAt = performance.now();
    const perSecond = Math.round((report.records / Math.max(1, shownAt - start)) * 1_000);
    progress.show(share, `${report.records} records, ${perSecond} per second`);
  };
  try {
    for await (const record of source.records) {
      await importer.add(record);
      if (performance.now() - shownAt > SHOWN_EVERY_MS) show(Math.min(source.share(), 0.99));
    }
    await importer.flush();
    show(1);
  } finally {
    progress.clear();
  }
}

function translationOf(options: ImportKeysOptions): Translation {
  const { format, environment, role, mapRole = [], mapPermission = [] } = options;
  return {
    isForeign: format === 'unkey' || format === 'better-auth',
    environment,
    role,
    roles: mapOf('--map-role', mapRole),
    permissions: mapOf('--map-permission', mapPermission),
  };
}

function mapOf(option: string, entries: readonly string[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      if (at <= 0) throw new UsageError(`${option} must be FROM=TO, or FROM= for none`);
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

function textOf({ dryRun, created, unchanged, rejected, notCarriedOver }: Summary): string {
  const keys = counted(created);
  const lines = dryRun
    ? [`Dry run: ${keys} would be imported, ${unchanged} already imported, ${rejected} would be rejected`]
    : [`${keys} imported, ${unchanged} already imported, ${rejected} rejected`];
  for (const [name, count] of Object.entries(notCarriedOver))
    lines.push(`Not carried over: ${name} (${count})`);
  return `${lines.join('\n')}\n`;
}

function counted(keys: number): string {
  return `${keys} ${keys === 1 ? 'key' : 'keys'}`;
}
