import { authorizeSomewhere } from '../access/authorize.ts';
import type { Principal } from '../access/principal.ts';
import { AppError } from '../core/errors.ts';
import { presentedAddress } from '../core/ip.ts';
import type { VerifiableKey } from '../verification/services.ts';
import type { VerificationCode } from '../verification/verification-code.ts';
import { type GrantedSlice, type WantedSlice, wantSlices } from './slices/want-slices.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';
import { VERIFY_PERMISSION, type VerifiersContext } from './verifiers-context.ts';
import { isHash, isVisible } from './visible-key.ts';

/** Accepted verifications of a secret, found by its hash. */
export interface ReportedUse {
  readonly hash: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastUsedAt: number;
  readonly lastUsedIp?: string | null | undefined;
}

/** Denied verifications. */
export interface ReportedDenial {
  /** Null: the key is unknown. */
  readonly hash?: string | null | undefined;
  readonly code: VerificationCode;
  readonly count: number;
  /** Of the last one, milliseconds since the epoch. */
  readonly at: number;
  readonly ip?: string | null | undefined;
}

/** What a verifier reports. */
export interface ReportVerificationsInput {
  readonly stream: string;
  /** Number of the batch of usage; null: none. */
  readonly batch?: number | null | undefined;
  readonly uses?: readonly ReportedUse[] | null | undefined;
  readonly denials?: readonly ReportedDenial[] | null | undefined;
  readonly wanted?: readonly WantedSlice[] | null | undefined;
  readonly returned?: readonly { readonly slice: string; readonly used: number }[] | null | undefined;
}

/** The answer to a report. */
export interface Report {
  /** Number of the last batch that is recorded, 0 if there is none. */
  readonly batch: number;
  readonly slices: readonly GrantedSlice[];
  /** How long to collect usage before the next report, milliseconds. */
  readonly reportMs: number;
}

/** Maximum number of uses and denials of a batch. */
export const ENTRIES_MAX = 1_000;

/** Maximum number of slices that are wanted, and returned, at once. */
export const SLICES_MAX = 500;

/** Maximum number of uses, and of denials, of a key in a batch. */
const COUNT_MAX = 1_000_000;

/** Usage counts at the time it is reported for, but at most this much earlier, milliseconds. */
const LATE_MAX_MS = 86_400_000;

/**
 * Records usage that a verifier reports, and returns and requests slices of rate limits. Requires `api.key.verify`.
 * Keys that the caller can't see are skipped. Rejects with BAD_USER_INPUT or UNAVAILABLE.
 */
export async function reportVerifications(
  ctx: VerifiersContext,
  input: ReportVerificationsInput,
): Promise<Report> {
  const principal = authorizeSomewhere(ctx, VERIFY_PERMISSION);
  const { verifiers } = ctx;
  const stream = verifiers.find(ctx.verifierConnection ?? null, input.stream);
  checkInput(input);
  // Without a turn: operations of others, and of the same credential, wait for slices that were recalled.
  for (const { slice, used } of input.returned ?? [])
    await verifiers.slices.giveBack(verifiers.limiter, stream, slice, used);
  const batch = await record(ctx, principal, stream, input);
  // Last: what they count would be lost if the rest failed.
  const slices = await verifiers.turns.run(
    `slices ${stream.owner.credential}`,
    input.wanted ?? [],
    (wanted) => wantSlices(ctx, principal, stream, wanted),
  );
  return { batch, slices, reportMs: verifiers.reportMs };
}

async function record(
  ctx: VerifiersContext,
  principal: Principal,
  stream: VerifierStream,
  { batch, uses, denials }: ReportVerificationsInput,
): Promise<number> {
  const { batches } = ctx.verifiers;
  if (batch === null || batch === undefined) return batches.last(stream);
  const now = ctx.clock.now();
  const timeOf = (time: number): number => Math.max(now - LATE_MAX_MS, Math.min(now, time));
  const keys = await findKeys(ctx, principal, stream, [...(uses ?? []), ...(denials ?? [])]);
  const report = {
    uses: (uses ?? []).flatMap(({ hash, count, lastUsedAt, lastUsedIp }) => {
      const key = keys.get(hash);
      if (!key || count <= 0) return [];
      const { organizationId, keyId, secretId } = key;
      const ip = presentedAddress(lastUsedIp ?? '');
      return [{ organizationId, keyId, secretId, count: clamp(count), at: timeOf(lastUsedAt), ip }];
    }),
    denials: (denials ?? []).flatMap(({ hash, code, count, at, ip }) => {
      const key = hash ? keys.get(hash) : null;
      if (key === undefined || count <= 0) return [];
      const organizationId = key?.organizationId ?? stream.owner.organizationId;
      const facts = { code, count: clamp(count), at: timeOf(at), ip: presentedAddress(ip ?? '') };
      return [{ organizationId, keyId: key?.keyId ?? null, secretId: key?.secretId ?? null, ...facts }];
    }),
  };
  return batches.record(stream, batch, report);
}

/** The keys with these hashes that the caller can see. */
async function findKeys(
  { keys, verifiers }: VerifiersContext,
  principal: Principal,
  stream: VerifierStream,
  entries: readonly { readonly hash?: string | null | undefined }[],
): Promise<ReadonlyMap<string, VerifiableKey>> {
  const found = new Map<string, VerifiableKey>();
  const hashes = new Set(entries.flatMap(({ hash }) => hash ?? []));
  const find = (hash: string) =>
    keys.withKey(hash, (key) => {
      if (key && isVisible(principal, key)) found.set(hash, key);
    });
  await verifiers.turns.run(`usage ${stream.owner.credential}`, [...hashes], (part) =>
    Promise.all(part.map(find)),
  );
  return found;
}

function checkInput({ batch, uses, denials, wanted, returned }: ReportVerificationsInput): void {
  if (typeof batch === 'number' && batch < 1) throw invalid('batch', 'must be at least 1');
  if (typeof batch !== 'number' && (uses?.length || denials?.length))
    throw invalid('batch', 'is required with uses or denials');
  if ((uses?.length ?? 0) + (denials?.length ?? 0) > ENTRIES_MAX)
    throw invalid('uses', `and denials: at most ${ENTRIES_MAX} together`);
  if ((wanted?.length ?? 0) > SLICES_MAX) throw invalid('wanted', `at most ${SLICES_MAX}`);
  if ((returned?.length ?? 0) > SLICES_MAX) throw invalid('returned', `at most ${SLICES_MAX}`);
  for (const { hash } of [...(uses ?? []), ...(denials ?? []), ...(wanted ?? [])])
    if (hash && !isHash(hash)) throw invalid('hash', 'must be 64 lower-case hexadecimal digits');
  if (denials?.some(({ code }) => code === 'VALID')) throw invalid('denials', 'can’t have the code VALID');
}

function clamp(count: number): number {
  return Math.min(COUNT_MAX, count);
}

function invalid(field: string, message: string): AppError {
  return new AppError('BAD_USER_INPUT', `input.${field} ${message}`);
}
