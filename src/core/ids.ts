import { randomBytes, randomInt } from 'node:crypto';
import { TypeID, typeid } from 'typeid-js';

const TYPES = ['org', 'team', 'user', 'mem', 'role', 'key', 'sec', 'evt', 'ses', 'op'] as const;

/** Types of ids. The word is the prefix of the id. */
export type IdType = (typeof TYPES)[number];

/** The time in a user's id is random within this period before its creation, milliseconds: three years. */
const USER_AGE_MAX_MS = 3 * 365 * 86_400_000;

/**
 * A new TypeID: `<type>_` and a UUIDv7 in 26 base-32 characters (TypeID specification 0.3). It contains its creation
 * time, except for users: organizations share users, and must not learn that another one already knew a person.
 */
export function newId(type: IdType): string {
  if (type !== 'user') return typeid(type).toString();
  return TypeID.fromUUIDBytes(type, uuidAt(Date.now() - randomInt(USER_AGE_MAX_MS))).toString();
}

/** A UUIDv7 of a time, milliseconds since the epoch (RFC 9562, 5.7). */
function uuidAt(time: number): Uint8Array {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}

/** The creation time in an id, milliseconds since the epoch. Not meaningful for users. */
export function creationTimeOf(id: string): number {
  return Buffer.from(TypeID.fromString(id).toUUIDBytes()).readUIntBE(0, 6);
}

/**
 * The type of an id, or null if the text is not an id of this service. Checked before any id reaches the database,
 * which also keeps hostile text (NUL, lone surrogates) away from it.
 */
export function idType(id: string): IdType | null {
  const at = id.indexOf('_');
  const prefix = id.slice(0, Math.max(at, 0));
  if (!TYPES.includes(prefix as IdType) || id.length !== at + 27) return null;
  try {
    TypeID.fromString(id);
    return prefix as IdType;
  } catch {
    return null;
  }
}

/** Whether the text is an id of this type. */
export function isId(type: IdType, id: string): boolean {
  return idType(id) === type;
}
