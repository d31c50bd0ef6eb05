import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Format } from '../../../src/cli/import/formats.ts';
import { openSource } from '../../../src/cli/import/open-source.ts';
import type { SourceRecord } from '../../../src/cli/import/record.ts';

/** A folder that is removed with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file with this content, removed with the test. */
export function fileWith(content: string | Uint8Array, name = 'keys'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** All records of a file with this content. */
export async function read(
  content: string | Uint8Array,
  format: Format,
  options = { plain: false },
): Promise<SourceRecord[]> {
  const source = await openSource(fileWith(content), format, options);
  const records: SourceRecord[] = [];
  try {
    for await (const record of source.records) records.push(record);
  } finally {
    await source.close();
  }
  return records;
}
