import { expectTypeOf, it } from 'vitest';
import type { VerificationCode } from '../../packages/verifier/src/types.ts';
import type { VerificationCode as CoreCode } from '../../src/verification/verification-code.ts';

// The package's types are published without those of the server, so they name the codes themselves.
it('are the same in the package’s types and in the server: otherwise, this file doesn’t compile', () => {
  expectTypeOf<VerificationCode>().toEqualTypeOf<CoreCode>();
});
