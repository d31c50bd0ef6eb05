import type { Clock } from '../../core/clock.ts';
import type { Input } from '../../core/input.ts';
import { Turns } from '../../core/paced.ts';
import { DEFAULT_POLICY, type KeyPolicy } from '../policy/policy.ts';
import { type PolicyFacts, type PolicyInput, readPolicy } from '../policy/read-policy.ts';
import type { Environment } from '../secret.ts';
import { startForm } from './imported-forms.ts';
import { isPasswordAlgorithm } from './password-hash.ts';
import { type ImportedHash, readHash } from './read-hash.ts';
import { type HashAlgorithm, lookupHash, type Peppers } from './stored-hash.ts';

/** A key of another system. Times are milliseconds since the epoch. */
export interface ImportApiKeyInput extends PolicyInput {
  /** Its ID there. Importing it again changes nothing. */
  readonly foreignId: string;
  readonly hash: string;
  readonly algorithm: HashAlgorithm;
  /** Hashes of further secrets that are accepted as well. */
  readonly additionalHashes?: readonly string[] | null | undefined;
  /** First characters of the secret, which may be shown. */
  readonly start?: string | null | undefined;
  readonly environment?: Environment | null | undefined;
  readonly createdAt?: number | null | undefined;
  readonly lastUsedAt?: number | null | undefined;
}

/** A key to import, validated. */
export interface ImportedKey {
  /** Its place in the input. */
  readonly path: Path;
  readonly foreignId: string;
  readonly policy: KeyPolicy;
  readonly environment: Environment;
  /** Empty: unknown. */
  readonly start: string;
  readonly algorithm: HashAlgorithm;
  /** The hash, then the additional ones. */
  readonly hashes: readonly { readonly stored: string; readonly form: string }[];
  /** Null: now. */
  readonly createdAt: number | null;
  /** Null: not used yet. */
  readonly lastUsedAt: number | null;
}

type Path = readonly string[];

/** Maximum number of issues that are reported. */
const ISSUES_MAX = 100;

const ADDITIONAL_MAX = 10;
const FOREIGN_ID_MAX = 200;
const START_MAX = 32;
const START = /^[\x21-\x7e]{4,32}$/;
const RESERVED = /^(?:sess|kwop|kwps|whsec)_/;

/** Validates the IDs of keys in the other system, and adds issues to `input`. Returns them in order. */
export function readForeignIds(
  input: Input,
  keys: readonly Pick<ImportApiKeyInput, 'foreignId'>[],
): string[] {
  const ids = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (input.issueCount >= ISSUES_MAX) break;
    const path = ['input', 'keys', String(index), 'foreignId'];
    const id = input.text(path, key.foreignId, FOREIGN_ID_MAX, { use: 'name' });
    if (id === null) input.fault(path, 'REQUIRED', 'must not be empty');
    else if (ids.has(id)) input.fault(path, 'DUPLICATE', 'is the ID of another key in this request');
    else ids.add(id);
  }
  return [...ids];
}

/** Data needed to validate keys. */
export interface ImportFacts extends Pick<PolicyFacts, 'catalog'> {
  readonly clock: Clock;
  /** The valid IDs of all keys in the other system. */
  readonly foreignIds: readonly string[];
  /** Those of keys that were imported before, and are not validated. */
  readonly known: ReadonlySet<string>;
  readonly peppers: Peppers;
}

/**
 * Validates the new ones of the keys to import, and adds issues to `input`. Their hashes take long enough that other work
 * is served in between.
 */
export async function readImports(
  input: Input,
  keys: readonly ImportApiKeyInput[],
  facts: ImportFacts,
): Promise<ImportedKey[]> {
  const turns = new Turns(facts.clock);
  const found: ImportedKey[] = [];
  const hashes = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (input.issueCount >= ISSUES_MAX) break;
    if (turns.isOver) await turns.rest();
    const foreignId = facts.foreignIds[index] ?? '';
    if (facts.known.has(foreignId)) continue;
    const path = ['input', 'keys', String(index)];
    const read = readKey(input, path, key, facts);
    read.hashes.forEach(({ stored }, place) => {
      if (hashes.has(stored))
        input.fault(hashPath(path, place), 'DUPLICATE', 'is in this request more than once');
      hashes.add(stored);
    });
    found.push({ ...read, foreignId });
  }
  return found;
}

/** The place of a key's hash in the input: 0 is the hash, others are additional. */
export function hashPath(path: Path, place: number): Path {
  return place === 0 ? [...path, 'hash'] : [...path, 'additionalHashes', String(place - 1)];
}

function readKey(
  input: Input,
  path: Path,
  key: ImportApiKeyInput,
  { clock, catalog, peppers }: ImportFacts,
): Omit<ImportedKey, 'foreignId'> {
  const { name = '', ...policy } = readPolicy(
    input,
    { ...key, name: key.name ?? null, enabled: key.enabled ?? true },
    // A key that has expired is imported as well.
    { now: null, catalog },
    path,
  );
  const hashes = readHashes(input, path, key, peppers);
  const now = clock.now();
  const start = readStart(input, path, key, hashes[0]);
  return {
    path,
    policy: { ...DEFAULT_POLICY, ...policy, name },
    environment: key.environment ?? 'live',
    start,
    algorithm: key.algorithm,
    hashes: hashes.map(({ stored, form }) => ({ stored, form: form ?? startForm(start.length) })),
    createdAt: readPast(input, [...path, 'createdAt'], key.createdAt, now),
    lastUsedAt: readPast(input, [...path, 'lastUsedAt'], key.lastUsedAt, now),
  };
}

function readHashes(input: Input, path: Path, key: ImportApiKeyInput, peppers: Peppers): ImportedHash[] {
  const additional = input.list([...path, 'additionalHashes'], key.additionalHashes, ADDITIONAL_MAX);
  return [key.hash, ...additional].flatMap((text, place) => {
    const read = readHash(key.algorithm, text, peppers);
    if (typeof read !== 'string') return [read];
    input.fault(hashPath(path, place), 'INVALID_FORMAT', read);
    return [];
  });
}

function readStart(
  input: Input,
  path: Path,
  { start, algorithm }: ImportApiKeyInput,
  hash: ImportedHash | undefined,
): string {
  const at = [...path, 'start'];
  if (start === null || start === undefined) {
    if (isPasswordAlgorithm(algorithm))
      input.fault(at, 'REQUIRED', 'is required for a password hash: secrets are found by it');
    return '';
  }
  if (start.length > START_MAX || !START.test(start))
    input.fault(at, 'INVALID_FORMAT', 'must have 4 to 32 printable ASCII characters without spaces');
  else if (RESERVED.test(start))
    input.fault(at, 'RESERVED', 'must not start with the prefix of a Keywright token, such as sess_');
  else if (hash?.form && lookupHash(hash.form, start, new Map()) === hash.stored)
    input.fault(at, 'TOO_LONG', 'must not be the whole secret');
  return start;
}

function readPast(input: Input, path: Path, value: number | null | undefined, now: number): number | null {
  if (value === null || value === undefined) return null;
  if (!Number.isSafeInteger(value) || value < 0)
    input.fault(path, 'OUT_OF_RANGE', 'must be a time since 1970');
  else if (value > now) input.fault(path, 'OUT_OF_RANGE', 'must not be in the future');
  return value;
}
