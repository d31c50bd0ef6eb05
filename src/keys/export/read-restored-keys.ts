import { newId } from '../../core/ids.ts';
import { type Input, REASON_MAX } from '../../core/input.ts';
import type { PermissionDefinition } from '../../organizations/organization.ts';
import { startForm } from '../import/imported-forms.ts';
import { isPasswordAlgorithm } from '../import/password-hash.ts';
import { readHash } from '../import/read-hash.ts';
import type { HashAlgorithm, Peppers } from '../import/stored-hash.ts';
import { DEFAULT_POLICY, type KeyPolicy } from '../policy/policy.ts';
import { type PolicyInput, readPolicy } from '../policy/read-policy.ts';
import type { Environment } from '../secret.ts';

/** A secret of an export. Times are milliseconds since the epoch; null: never, or not yet. */
export interface RestoredSecret {
  readonly algorithm: HashAlgorithm;
  readonly hash: string;
  readonly start: string;
  readonly createdAt: number;
  readonly replacedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly uses: number;
}

/** A key of an export, whose role and teams have IDs of this installation. Times are as above. */
export interface RestoredKey extends PolicyInput {
  readonly foreignId: string;
  readonly environment: Environment;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rotatedAt: number;
  readonly revokedAt: number | null;
  readonly revocationReason: string | null;
  readonly lastUsedAt: number | null;
  readonly lastUsedIp: string | null;
  /** Oldest first, at least one. */
  readonly secrets: readonly RestoredSecret[];
}

/** A validated key with its new ID. */
export interface ReadKey extends Omit<RestoredKey, 'secrets' | keyof PolicyInput> {
  readonly id: string;
  /** Its place in the input. */
  readonly path: readonly string[];
  readonly policy: KeyPolicy;
  readonly secrets: readonly (RestoredSecret & {
    readonly id: string;
    readonly stored: string;
    readonly form: string;
  })[];
}

/** Longest display form of a secret, and longest address, in characters. */
const START_MAX = 64;
const IP_MAX = 45;

/** Shortest start of a secret with a password hash, in characters. */
const PASSWORD_START_MIN = 4;

/** Validates keys of an export, and adds issues to `input`. */
export function readRestoredKeys(
  input: Input,
  keys: readonly RestoredKey[],
  { catalog, peppers }: { catalog: readonly PermissionDefinition[]; peppers: Peppers },
): ReadKey[] {
  const hashes = new Set<string>();
  return keys.map((key, index) => {
    const path = ['input', 'keys', String(index)];
    // A key that has expired is restored as well.
    const { name = '', ...policy } = readPolicy(input, key, { now: null, catalog }, path);
    if (key.secrets.length === 0)
      input.fault([...path, 'secrets'], 'REQUIRED', 'must contain at least one secret');
    const secrets = key.secrets.flatMap((secret, place) => {
      const at = [...path, 'secrets', String(place)];
      const read = readSecret(input, at, secret, peppers);
      if (!read) return [];
      if (hashes.has(read.stored)) input.fault([...at, 'hash'], 'DUPLICATE', 'is listed more than once');
      hashes.add(read.stored);
      return [read];
    });
    const reason = input.text([...path, 'revocationReason'], key.revocationReason, REASON_MAX);
    const ip = input.text([...path, 'lastUsedIp'], key.lastUsedIp, IP_MAX);
    const own = { id: newId('key'), path, policy: { ...DEFAULT_POLICY, ...policy, name }, secrets };
    return { ...key, ...own, revocationReason: reason, lastUsedIp: ip };
  });
}

function readSecret(input: Input, path: readonly string[], secret: RestoredSecret, peppers: Peppers) {
  const { algorithm, hash, start, uses } = secret;
  if (start.length > START_MAX || !/^[\x21-\x7e]*$/.test(start))
    input.fault(
      [...path, 'start'],
      'INVALID_FORMAT',
      `must have at most ${START_MAX} printable ASCII characters without spaces`,
    );
  else if (isPasswordAlgorithm(algorithm) && start.length < PASSWORD_START_MIN)
    input.fault(
      [...path, 'start'],
      'TOO_SHORT',
      `must have at least ${PASSWORD_START_MIN} characters for a password hash: secrets are found by it`,
    );
  input.integer([...path, 'uses'], uses, 0, Number.MAX_SAFE_INTEGER);
  const read = readHash(algorithm, hash, peppers);
  if (typeof read !== 'string')
    return { ...secret, stored: read.stored, form: read.form ?? startForm(start.length), id: newId('sec') };
  input.fault([...path, 'hash'], 'INVALID_FORMAT', read);
  return null;
}
