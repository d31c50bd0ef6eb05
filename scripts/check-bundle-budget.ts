import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfView, type Manifest } from './bundle-budget.ts';

/** Compressed JavaScript until a view is shown, bytes. */
const BUDGET = 200_000;

/** Views that are usually opened first. */
const VIEWS = ['src/features/overview/overview-view.tsx', 'src/features/api-keys/list/keys-view.tsx'];

const folder = join(import.meta.dirname, '../dist/console');
const { manifest } = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as { manifest: Manifest };
for (const view of VIEWS) {
  // As gzip, which every client accepts; Brotli is smaller.
  const sizes = filesOfView(manifest, view).map((file) => statSync(served(join(folder, file))).size);
  const sum = sizes.reduce((total, size) => total + size, 0);
  console.log(`${view} takes ${sum} bytes of compressed JavaScript; at most ${BUDGET} are allowed`);
  if (sum > BUDGET) process.exitCode = 1;
}

/** Files that are too small to compress are sent unchanged. */
function served(path: string): string {
  return existsSync(`${path}.gz`) ? `${path}.gz` : path;
}
