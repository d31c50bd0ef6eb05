import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Debian puts servers, besides what PATH names. */
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of a program, or null where it is not installed. */
export function findProgram(name: string): string | null {
  const inFolder = FOLDERS.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
  if (inFolder) return inFolder;
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/**
 * Why tests that need programs are skipped here, for their title; empty where all are installed. Throws in CI, which leaves
 * no test out.
 */
export function missingOf(...names: readonly string[]): string {
  const name = names.find((one) => !findProgram(one));
  if (!name) return '';
  if (process.env.CI) throw new Error(`${name} is not installed, and in CI no test may be skipped`);
  return ` (skipped: ${name} is not installed)`;
}
