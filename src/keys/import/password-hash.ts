import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { HashAlgorithm } from './stored-hash.ts';

/** A password hash of a secret that was not accepted yet. */
interface PasswordHash {
  /** Whether it is of this secret, computed in another thread. */
  matches(secret: string): Promise<boolean>;
}

type Parse = (text: string) => PasswordHash | string;

/** bcrypt ignores all further bytes, so longer secrets can't be told apart. */
const BCRYPT_BYTES_MAX = 72;

/** Bounds of what a hash may cost: about a second of one core, and 128 MiB. */
const COST = {
  bcrypt: [4, 14],
  memoryKib: 131_072,
  passes: [1, 10],
  /** Memory times passes. */
  workKib: 524_288,
  lanes: [1, 16],
  /** Binary logarithm of N. */
  scryptLn: [1, 17],
  scryptR: [1, 16],
  /** N times r times p. */
  scryptWork: 1_048_576,
  iterations: [1, 2_000_000],
} as const;

const SALT_BYTES = [8, 64] as const;
const HASH_BYTES = [16, 64] as const;

/** The last character of the salt has four unused bits, which must be 0. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}$/;
const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const PBKDF2 = /^\$pbkdf2-sha256\$(?:i=)?(\d{1,7})(?:,l=\d{1,2})?\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/;

const PARSERS: Readonly<Partial<Record<HashAlgorithm, Parse>>> = {
  BCRYPT: parseBcrypt,
  ARGON2ID: parseArgon2id,
  SCRYPT: parseScrypt,
  PBKDF2_SHA256: parsePbkdf2,
};

/** Whether the algorithm is one of passwords: slow, and with a salt, so that a secret can't be looked up. */
export function isPasswordAlgorithm(algorithm: HashAlgorithm): boolean {
  return algorithm in PARSERS;
}

/** Why a text can't be imported as a password hash. Null if it can. */
export function passwordHashFault(algorithm: HashAlgorithm, text: string): string | null {
  const parsed = PARSERS[algorithm]?.(text) ?? 'is not a password hash';
  return typeof parsed === 'string' ? parsed : null;
}

/** Whether a stored password hash is of this secret. Takes up to about a second, in another thread. */
export async function matchesPasswordHash(stored: string, secret: string): Promise<boolean> {
  for (const parse of Object.values(PARSERS)) {
    const parsed = parse(stored);
    if (typeof parsed !== 'string') return parsed.matches(secret);
  }
  return false;
}

function parseBcrypt(text: string): PasswordHash | string {
  const [, cost] = BCRYPT.exec(text) ?? [];
  if (cost === undefined) return 'must be a bcrypt hash, such as $2b$10$… with 60 characters';
  if (!isWithin(Number(cost), COST.bcrypt)) return 'must have a cost from 4 to 14';
  return {
    async matches(secret) {
      if (secret.length > BCRYPT_BYTES_MAX) return false;
      const { verify } = await import('@node-rs/bcrypt');
      return verify(secret, text);
    },
  };
}

function parseArgon2id(text: string): PasswordHash | string {
  const parts = ARGON2ID.exec(text);
  if (!parts) return 'must be an Argon2id hash in PHC format, such as $argon2id$v=19$m=65536,t=3,p=4$…$…';
  const [memory, passes, lanes] = parts.slice(1, 4).map(Number) as [number, number, number];
  if (
    !isWithin(memory, [8 * lanes, COST.memoryKib]) ||
    !isWithin(passes, COST.passes) ||
    !isWithin(lanes, COST.lanes)
  )
    return `must have at most m=${COST.memoryKib}, t=${COST.passes[1]} and p=${COST.lanes[1]}`;
  if (memory * passes > COST.workKib) return `must have at most ${COST.workKib} for m times t`;
  if (!bytesOf(parts[4], SALT_BYTES) || !bytesOf(parts[5], HASH_BYTES)) return LENGTHS;
  return {
    async matches(secret) {
      const { verify } = await import('@node-rs/argon2');
      return verify(text, secret);
    },
  };
}

function parseScrypt(text: string): PasswordHash | string {
  const parts = SCRYPT.exec(text);
  if (!parts) return 'must be a scrypt hash in PHC format, such as $scrypt$ln=15,r=8,p=1$…$…';
  const [ln, r, p] = parts.slice(1, 4).map(Number) as [number, number, number];
  const N = 2 ** ln;
  if (!isWithin(ln, COST.scryptLn) || !isWithin(r, COST.scryptR) || p < 1 || N * r * p > COST.scryptWork)
    return `must have at most ln=${COST.scryptLn[1]}, r=${COST.scryptR[1]}, and ${COST.scryptWork} for N times r times p`;
  const [salt, hash] = [bytesOf(parts[4], SALT_BYTES), bytesOf(parts[5], HASH_BYTES)];
  if (!salt || !hash) return LENGTHS;
  const options = { N, r, p, maxmem: 129 * N * r + 128 * r * p + 1_048_576 };
  return {
    matches: async (secret) => timingSafeEqual(await deriveScrypt(secret, salt, hash.length, options), hash),
  };
}

function parsePbkdf2(text: string): PasswordHash | string {
  const parts = PBKDF2.exec(text);
  if (!parts) return 'must be a PBKDF2 hash in PHC format, such as $pbkdf2-sha256$i=600000$…$…';
  const iterations = Number(parts[1]);
  if (!isWithin(iterations, COST.iterations)) return `must have at most ${COST.iterations[1]} iterations`;
  // Python's passlib writes a dot for a plus sign.
  const [salt, hash] = [
    bytesOf(parts[2]?.replaceAll('.', '+'), SALT_BYTES),
    bytesOf(parts[3]?.replaceAll('.', '+'), HASH_BYTES),
  ];
  if (!salt || !hash) return LENGTHS;
  return {
    matches: async (secret) =>
      timingSafeEqual(await derivePbkdf2(secret, salt, iterations, hash.length, 'sha256'), hash),
  };
}

const LENGTHS = `must have a salt of ${SALT_BYTES.join(' to ')} bytes and a hash of ${HASH_BYTES.join(' to ')} bytes`;

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);

function isWithin(value: number, [min, max]: readonly [number, number]): boolean {
  return value >= min && value <= max;
}

/** Bytes in canonical base64 without padding. Null if there are too few or too many. */
function bytesOf(text = '', bounds: readonly [number, number]): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replaceAll('=', '') !== text) return null;
  return isWithin(bytes.length, bounds) ? bytes : null;
}
