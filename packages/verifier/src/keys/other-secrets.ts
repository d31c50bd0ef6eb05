import { hashSecret } from '../../../../src/keys/secret.ts';
import type { Refusal } from '../../../../src/verification/first-refusal.ts';
import {
  MALFORMED,
  NOT_FOUND,
  type OtherSecrets,
  refuseUnknown,
  type Verdict,
  type VerificationRequest,
} from '../../../../src/verification/verify.ts';
import { readVerification } from '../stream/answers.ts';
import type { Link } from '../stream/link.ts';
import { VERIFY } from '../stream/operations.ts';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import type { EmbeddedLookup } from './embedded-lookup.ts';
import { Turns } from './turns.ts';

/** After the server has accepted a secret, it stores its SHA-256 hash: how often and how soon that is looked up. */
const LOOKS_MAX = 20;
const LOOK_PAUSE_MS = 50;

/** For how long it is remembered that a secret is unknown, and of how many. */
const UNKNOWN = { milliseconds: 1_000, most: 10_000 };

const TOO_MANY = 'Too many failed verifications for this address or by this verifier';

/** Secrets that the server knows by another hash than SHA-256, or not at all. */
export function otherSecrets(link: Link, lookup: EmbeddedLookup, timeoutMs: number): OtherSecrets {
  const turns = new Turns(timeoutMs);
  /** Secrets that were unknown, by hash: until when that is remembered, and the verdict. */
  const unknown = new Map<string, { readonly until: number; readonly refusal: Refusal }>();
  /** The server's verdict, with the key, which it stores by its SHA-256 hash once it has accepted it. */
  const ask = async (request: VerificationRequest, secret: string): Promise<Verdict> => {
    const answer = await turns.run(() =>
      link.query(VERIFY, () => ({ input: inputOf(request, secret) }), readVerification),
    );
    const denied = { ...answer, record: null };
    const hash = hashSecret(secret);
    if (answer.code === 'NOT_FOUND' || answer.code === 'MALFORMED') {
      if (unknown.size >= UNKNOWN.most) unknown.clear();
      const until = performance.now() + UNKNOWN.milliseconds;
      unknown.set(hash, { until, refusal: [answer.code, answer.message] });
    }
    if (answer.code !== 'VALID') return denied;
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      const record = await lookup.withKey(hash, (key) => key);
      if (record && !request.visible(record)) {
        const [code, message] = NOT_FOUND;
        return { ...denied, code, message };
      }
      if (record) return { ...answer, record };
      await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE_MS));
    }
    throw new VerifierUnavailableError('The server accepted an imported secret, but the key was not found');
  };

  return {
    mayBeForeign: () => true,
    verify(needs, request, secret, foreign) {
      const hash = hashSecret(secret);
      const known = unknown.get(hash);
      if (known && known.until > performance.now()) return refuseUnknown(needs, request, known.refusal);
      if (lookup.otherHashes) return ask(request, secret);
      const isMalformed = foreign && !lookup.importedSecrets;
      if (!lookup.isTooMany(hash)) return refuseUnknown(needs, request, isMalformed ? MALFORMED : NOT_FOUND);
      return { code: 'RATE_LIMITED', message: TOO_MANY, record: null, remaining: 0, resetAt: null };
    },
  };
}

function inputOf(request: VerificationRequest, key: string): Record<string, unknown> {
  const { permissions, anyPermissions, ip, teamId } = request;
  const environment = request.environment?.toUpperCase() ?? null;
  return { key, permissions, anyPermissions, ip, teamId, environment };
}
