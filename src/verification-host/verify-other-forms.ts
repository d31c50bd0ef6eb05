import type { ImportedForms } from '../keys/import/imported-forms.ts';
import { hashSecret } from '../keys/secret.ts';
import {
  type Deciding,
  type Needs,
  NOT_FOUND,
  refuseUnknown,
  type Verdict,
  type VerificationRequest,
  verifyBy,
} from '../verification/verify.ts';
import type { StoredForms } from './stored-forms.ts';

/** Verifies a secret that was imported by another hash than SHA-256, which replaces it once it was accepted. */
export function verifyOtherForms(
  stored: StoredForms,
  forms: ImportedForms,
  needs: Needs,
  request: VerificationRequest,
  secret: string,
): Deciding {
  const notFound = () => refuseUnknown(needs, request, NOT_FOUND);
  // Another request may have replaced the hash in the meantime.
  const again = () =>
    isOnlySha256(forms) ? notFound() : verifyBy(needs, request, hashSecret(secret), notFound);
  const byHash = (hash: string, otherwise: () => Deciding): Deciding => {
    let found = true;
    const replaced = (verdict: Verdict): Verdict => {
      if (found && verdict.code === 'VALID') stored.replace(hash, secret);
      return verdict;
    };
    const deciding = verifyBy(needs, request, hash, () => {
      found = false;
      return otherwise();
    });
    return deciding instanceof Promise ? deciding.then(replaced) : replaced(deciding);
  };
  const byPassword = (): Deciding => {
    const finding = stored.findPasswordHash(forms, secret, request);
    return finding?.then((hash) => (hash === null ? again() : byHash(hash, again))) ?? again();
  };
  const hashes = stored.lookupHashes(forms, secret);
  const verify = hashes.reduce<() => Deciding>((next, hash) => () => byHash(hash, next), byPassword);
  return verify();
}

function isOnlySha256(forms: ImportedForms): boolean {
  return forms.size === (forms.has('sha256') ? 1 : 0);
}
