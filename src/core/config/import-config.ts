import { readFileSync } from 'node:fs';
import type { ReadVariable } from './setting.ts';

const PEPPER = /^IMPORT_PEPPER_([A-Z0-9_]{1,40}?)(_FILE)?$/;

/**
 * The secret keys of imported HMACs, by name: `IMPORT_PEPPER_<NAME>`, or a file that contains it in
 * `IMPORT_PEPPER_<NAME>_FILE`. One line break at the end of the file is ignored.
 */
export function readImportPeppers(
  env: Readonly<Record<string, string>>,
  read: ReadVariable,
): ReadonlyMap<string, string> {
  const peppers = new Map<string, string>();
  for (const variable of Object.keys(env)) {
    const [, name, file] = PEPPER.exec(variable) ?? [];
    if (name === undefined) continue;
    const pepper = read(variable, '', (text) => once(peppers, name, file ? contentOf(text) : text));
    peppers.set(name, pepper);
  }
  return peppers;
}

function once(peppers: ReadonlyMap<string, string>, name: string, pepper: string): string {
  if (peppers.has(name)) throw new Error('must not be set both as a value and as a file');
  if (pepper === '') throw new Error('must not be empty');
  return pepper;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new Error('must be the path of a file that can be read');
  }
}
