import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from './schema-changes.ts';

/**
 * Fails if schema/schema.graphql breaks clients of the released schema, schema/released.graphql, without notice. With
 * `--release`, makes it the released one.
 */
const [current, released] = ['schema.graphql', 'released.graphql'].map((name) =>
  join(import.meta.dirname, '../schema', name),
) as [string, string];
const release = process.argv.includes('--release');
const today = new Date().toISOString().slice(0, '2000-01-01'.length);
const faults = faultsOf(readFileSync(released, 'utf8'), readFileSync(current, 'utf8'), { today, release });
for (const fault of faults) console.error(fault);
console.log(`${faults.length} breaking changes or incomplete deprecations; see docs/compatibility.md`);
if (faults.length > 0) process.exitCode = 1;
else if (release) copyFileSync(current, released);
