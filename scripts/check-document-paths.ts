import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { missingPaths } from './document-paths.ts';

/** Fails if README.md, CONTRIBUTING.md or a page of docs names a path that is not in the repository. */
function main(): void {
  const paths = git('ls-files', '--cached', '--others', '--exclude-standard').filter((path) =>
    existsSync(path),
  );
  const documents = paths.filter((path) => /^(README|CONTRIBUTING|SECURITY)\.md$|^docs\/.*\.md$/.test(path));
  const faults = documents.flatMap((document) =>
    missingPaths(document, readFileSync(document, 'utf8'), paths)
      // Paths created by building or running are named too, but never committed.
      .filter((path) => !isIgnored(path))
      .map((path) => `${document}: ${path} does not exist`),
  );
  for (const fault of faults) console.error(fault);
  console.log(`${documents.length} documents, ${faults.length} missing paths`);
  process.exitCode = faults.length > 0 || documents.length === 0 ? 1 : 0;
}

function git(...args: string[]): string[] {
  return execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

function isIgnored(path: string): boolean {
  if (path.startsWith('../')) return false;
  try {
    execFileSync('git', ['check-ignore', '--quiet', path]);
    return true;
  } catch {
    return false;
  }
}

main();
