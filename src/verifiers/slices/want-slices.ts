import type { Principal } from '../../access/principal.ts';
import type { Reservation, VerifiableKey } from '../../verification/services.ts';
import type { VerifierStream } from '../stream/verifier-stream.ts';
import type { VerifiersContext } from '../verifiers-context.ts';
import { isVisible } from '../visible-key.ts';

/** A slice of a key's rate limit that a verifier wants. */
export interface WantedSlice {
  readonly hash: string;
  /** How many verifications it should cover. */
  readonly count: number;
}

/** A slice, or the answer that the limit is reached. */
export interface GrantedSlice {
  readonly hash: string;
  /** Null: nothing is left. */
  readonly slice: string | null;
  /** How many verifications may be accepted. */
  readonly granted: number;
  /** What is left in the window besides. */
  readonly remaining: number;
  readonly limit: number;
  readonly windowSeconds: number;
  /** Until the window ends, milliseconds. */
  readonly remainingMs: number;
}

/**
 * Reserves slices for a verifier. Keys that the caller can't see, that have no limit, or of which the verifier holds too
 * many slices, are skipped.
 */
export async function wantSlices(
  ctx: VerifiersContext,
  principal: Principal,
  stream: VerifierStream,
  wanted: readonly WantedSlice[],
): Promise<GrantedSlice[]> {
  // A key that is named twice gets one slice.
  const unique = [...new Map(wanted.map((one) => [one.hash, one])).values()];
  const found = await Promise.all(
    unique.map(async ({ hash, count }) => {
      const key = await ctx.keys.withKey(hash, (known) => known);
      if (!key?.rateLimit || !isVisible(principal, key)) return [];
      const most = ctx.verifiers.slices.most(stream, key.keyId, key.rateLimit.limit);
      return most === 0
        ? []
        : [await grant(ctx, stream, { hash, count: Math.min(count, most) }, key, key.rateLimit)];
    }),
  );
  return found.flat();
}

async function grant(
  ctx: VerifiersContext,
  stream: VerifierStream,
  { hash, count }: WantedSlice,
  { keyId }: VerifiableKey,
  { limit, windowSeconds }: NonNullable<VerifiableKey['rateLimit']>,
): Promise<GrantedSlice> {
  const { limiter, slices } = ctx.verifiers;
  const want = Math.max(1, count);
  const reserve = () => limiter.reserve(keyId, limit, windowSeconds, want);
  let reservation: Reservation = await reserve();
  // What others hold may suffice.
  const recalled = reservation.granted > 0 ? null : slices.recall(keyId, stream);
  if (recalled) {
    await recalled;
    reservation = await reserve();
  }
  const { granted, remaining, resetAt } = reservation;
  const remainingMs = Math.max(0, resetAt - ctx.clock.now());
  const isGranted = granted > 0 && !stream.isOver;
  const slice = isGranted ? slices.add(stream, keyId, reservation, remainingMs) : null;
  if (granted > 0 && !isGranted) await limiter.release(keyId, reservation.window, granted);
  return { hash, slice, granted: isGranted ? granted : 0, remaining, limit, windowSeconds, remainingMs };
}
