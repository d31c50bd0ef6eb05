import { type Issue, ValidationError } from '../../src/core/errors.ts';

/** The faults for which something is refused; fails where it is done, or refused for another reason. */
export async function issuesOf(work: Promise<unknown>): Promise<readonly Issue[]> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof ValidationError) return outcome.issues;
  throw outcome ?? new Error('It was not refused');
}
