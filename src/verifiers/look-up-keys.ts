import { authorizeSomewhere } from '../access/authorize.ts';
import type { FailedCaller } from '../access/failure-limiter.ts';
import { isTeamInScope } from '../access/key-scope.ts';
import type { Principal } from '../access/principal.ts';
import { AppError, RateLimitedError } from '../core/errors.ts';
import { presentedAddress } from '../core/ip.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';
import type { VerifiableKey } from '../verification/services.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';
import { type VerifierKey, verifierKey } from './verifier-key.ts';
import { VERIFY_PERMISSION, type VerifiersContext } from './verifiers-context.ts';
import { isHash, isVisible } from './visible-key.ts';

/** A secret that a verifier looks up. */
export interface LookedUpSecret {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly hash: string;
  /** The client's address, if known. */
  readonly ip?: string | null | undefined;
}

/** The result for one secret. */
export interface LookUpResult {
  /** Null: unknown, or not visible to the caller. */
  readonly apiKey: VerifierKey | null;
  /** Whether the client's address, or the caller, has presented too many unknown secrets. */
  readonly tooManyFailures: boolean;
}

/** The results of a look-up, in the order of the secrets. */
export interface LookUp {
  readonly results: readonly LookUpResult[];
  /** Whether secrets were imported by other hashes, which a look-up by SHA-256 doesn't find. */
  readonly otherHashes: boolean;
  /** Whether secrets were imported at all, so that secrets in other formats than Keywright's own exist. */
  readonly importedSecrets: boolean;
}

/** Maximum number of secrets per look-up. */
export const SECRETS_MAX = 500;

/** Maximum number of look-ups of a stream at a time. */
const LOOK_UPS_MAX = 2;

const RETRY_AFTER_S = 1;

/**
 * Looks up keys for a verifier, which receives all later changes to them. Requires `api.key.verify`: keys of organizations
 * where the caller lacks it are unknown, as are keys outside a team-bound caller's teams. Rejects with BAD_USER_INPUT or
 * RATE_LIMITED.
 */
export async function lookUpKeys(
  ctx: VerifiersContext,
  streamId: string,
  secrets: readonly LookedUpSecret[],
): Promise<LookUp> {
  const principal = authorizeSomewhere(ctx, VERIFY_PERMISSION);
  const { verifiers } = ctx;
  const stream = verifiers.find(ctx.verifierConnection ?? null, streamId);
  const checked = checkSecrets(secrets);
  if (stream.lookUps >= LOOK_UPS_MAX)
    throw new RateLimitedError(
      `A verifier can run at most ${LOOK_UPS_MAX} look-ups at a time`,
      RETRY_AFTER_S,
    );
  stream.lookUps += 1;
  try {
    return await lookUp(ctx, principal, stream, checked);
  } finally {
    stream.lookUps -= 1;
  }
}

async function lookUp(
  ctx: VerifiersContext,
  principal: Principal,
  stream: VerifierStream,
  checked: readonly CheckedSecret[],
): Promise<LookUp> {
  const { verifiers, keys } = ctx;
  verifiers.lookedUp += checked.length;
  const read = verifiers.startRead();
  try {
    const forms = await keys.importedForms();
    const otherHashes = hasOtherHashes(forms);
    // With other hashes, the verifier asks `verifyApiKey`, which counts it.
    const fail = (ip: string | null) => !otherHashes && countFailure(ctx, principal, ip);
    const find = ({ hash, ip }: CheckedSecret) =>
      keys.withKey(hash, (key, sequence): LookUpResult => {
        if (!key || !isVisible(principal, key)) return { apiKey: null, tooManyFailures: fail(ip) };
        const { organizationId, keyId } = key;
        verifiers.found(stream, read, { organizationId, keyId, sequence });
        return { apiKey: verifierKey(withinScope(principal, key), sequence), tooManyFailures: false };
      });
    const results = await verifiers.turns.run(`keys ${stream.owner.credential}`, checked, (part) =>
      Promise.all(part.map(find)),
    );
    return { results, otherHashes, importedSecrets: forms.size > 0 };
  } finally {
    verifiers.endRead(read);
  }
}

/**
 * The key without the teams that a team-bound caller isn't bound to: for its verifications, no key is bound to them. At
 * least one remains, because the key is visible.
 */
function withinScope({ keyScope }: Principal, key: VerifiableKey): VerifiableKey {
  if (!keyScope) return key;
  return { ...key, teamIds: key.teamIds.filter((id) => isTeamInScope(keyScope, id)) };
}

interface CheckedSecret {
  readonly hash: string;
  readonly ip: string | null;
}

function checkSecrets(secrets: readonly LookedUpSecret[]): CheckedSecret[] {
  if (secrets.length > SECRETS_MAX) throw new AppError('BAD_USER_INPUT', `secrets: at most ${SECRETS_MAX}`);
  return secrets.map(({ hash, ip }, index) => {
    if (!isHash(hash))
      throw new AppError('BAD_USER_INPUT', `secrets[${index}].hash must be 64 lower-case hexadecimal digits`);
    // An address that can't be read is unknown, as in every verification.
    return { hash, ip: presentedAddress(ip ?? '') };
  });
}

/** Counts an unknown secret like `verifyApiKey`. Returns whether there were too many. */
function countFailure({ failures }: VerifiersContext, principal: Principal, ip: string | null): boolean {
  const { actor, kind } = principal;
  const caller: FailedCaller = { actor, trusted: kind === 'operator' || kind === 'system' };
  if (caller.trusted && ip === null) return false;
  return !failures.countFor(caller, ip).allowed;
}

function hasOtherHashes(forms: ImportedForms): boolean {
  return forms.size > (forms.has('sha256') ? 1 : 0);
}
