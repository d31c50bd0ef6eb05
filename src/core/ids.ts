import { TypeID, typeid } from 'typeid-js';

/** What an id can name; the word is the id's prefix. */
export type IdType = 'org' | 'team' | 'user' | 'mem' | 'role' | 'key' | 'sec' | 'evt' | 'ses' | 'op';

/** A new TypeID: `<type>_` and a UUIDv7 in 26 base-32 characters (TypeID specification 0.3). */
export function newId(type: IdType): string {
  return typeid(type).toString();
}

/**
 * The type of an id, or null where the text is no id of this service. Checked before any id reaches the database,
 * which also keeps hostile text (NUL, lone surrogates) away from it.
 */
export function idType(id: string): IdType | null {
  const at = id.indexOf('_');
  const prefix = id.slice(0, Math.max(at, 0));
  if (!TYPES.has(prefix as IdType) || id.length !== at + 27) return null;
  try {
    TypeID.fromString(id);
    return prefix as IdType;
  } catch {
    return null;
  }
}

const TYPES: ReadonlySet<IdType> = new Set([
  'org',
  'team',
  'user',
  'mem',
  'role',
  'key',
  'sec',
  'evt',
  'ses',
  'op',
]);

/** Whether the text is an id of this type. */
export function isId(type: IdType, id: string): boolean {
  return idType(id) === type;
}
