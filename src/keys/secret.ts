import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { KEY_PREFIX_MAX, KEY_PREFIX_PATTERN, RESERVED_PREFIXES } from '../core/key-prefix.ts';

/** Environment of a key, which is part of its secret. */
export type Environment = 'live' | 'test';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 32 characters of 62: 190 bits. */
const RANDOM_LENGTH = 32;

/** Enough base-62 digits for 32 bits. */
const CHECKSUM_LENGTH = 6;

const DISPLAY_LENGTH = 16;
const DISPLAY_RANDOM_MIN = 4;

/** The part after the prefix. */
const TAIL = /^_(?:live|test)_[0-9A-Za-z]{38}$/;
const TAIL_LENGTH = '_live_'.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

const SECRET_MAX = KEY_PREFIX_MAX + TAIL_LENGTH;

/** Maximum length of a key's secret, characters. Credentials of other systems may be longer. */
export const PRESENTED_MAX = 512;

const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * Whether the text can be presented as a secret: printable ASCII without spaces, at most PRESENTED_MAX characters. All
 * stored secrets can.
 */
export function isPresentable(text: string): boolean {
  return text.length <= PRESENTED_MAX && PRINTABLE.test(text);
}

/** The value of each digit of a checksum, by character code. */
const DIGIT_VALUES = new Map([...ALPHABET].map((digit, value) => [digit.charCodeAt(0), value]));
const VALUE_OF = Array.from({ length: 128 }, (_, code) => DIGIT_VALUES.get(code) ?? 0);

/** A new secret: `<prefix>_<environment>_`, 32 random characters, 6 checksum characters. */
export function generateSecret(prefix: string, environment: Environment): string {
  // randomInt draws without modulo bias.
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const body = `${prefix}_${environment}_${random}`;
  return body + checksumOf(body);
}

/** Parses a secret; null if its format or checksum is wrong, so that it needs no query. */
export function parseSecret(text: string): { prefix: string; environment: Environment } | null {
  if (!hasSecretForm(text)) return null;
  const tail = text.slice(-TAIL_LENGTH);
  const prefix = text.slice(0, -TAIL_LENGTH);
  if (crc32(text.slice(0, -CHECKSUM_LENGTH)) !== checksumIn(tail)) return null;
  return { prefix, environment: tail.startsWith('_live') ? 'live' : 'test' };
}

/**
 * A presented secret without surrounding spaces, tabs and line breaks, which copying and shells add. Only ASCII white
 * space: a value that a header can't contain must not be accepted elsewhere either.
 */
export function trimPresented(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Whether the text looks like the secret of a key, regardless of its checksum. */
export function hasSecretForm(text: string): boolean {
  return (
    text.length <= SECRET_MAX &&
    TAIL.test(text.slice(-TAIL_LENGTH)) &&
    isKeyPrefix(text.slice(0, -TAIL_LENGTH))
  );
}

let lastPrefix = '';

/** Whether this is a valid key prefix. Every verification checks it, usually with the same prefix. */
function isKeyPrefix(prefix: string): boolean {
  if (prefix === lastPrefix && prefix !== '') return true;
  if (prefix.length > KEY_PREFIX_MAX || !KEY_PREFIX_PATTERN.test(prefix)) return false;
  if (RESERVED_PREFIXES.has(prefix)) return false;
  // A copy: the prefix itself may be a view of the secret, and keep it in memory.
  lastPrefix = Buffer.from(prefix, 'latin1').toString('latin1');
  return true;
}

/** The number that the checksum digits represent. */
function checksumIn(text: string): number {
  let value = 0;
  for (let place = text.length - CHECKSUM_LENGTH; place < text.length; place += 1)
    value = value * ALPHABET.length + (VALUE_OF[text.charCodeAt(place)] ?? 0);
  return value;
}

/** SHA-256 in hexadecimal, the only form in which a secret is stored. Random secrets don't need a slow hash. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/**
 * The display form: the first 16 characters, or prefix, environment and 4 random characters if that is longer. The rest
 * of a secret is never shown again.
 */
export function startOf(secret: string): string {
  const random = secret.length - RANDOM_LENGTH - CHECKSUM_LENGTH;
  return secret.slice(0, Math.max(DISPLAY_LENGTH, random + DISPLAY_RANDOM_MIN));
}

/** CRC-32 (IEEE 802.3) as 6 base-62 digits, the most significant first. */
function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
