import { type Issue, ValidationError } from '../../src/core/errors.ts';

/** The faults for which something is refused, without codes; fails where it is done, or refused for another reason. */
export async function issuesOf(work: Promise<unknown>): Promise<readonly Omit<Issue, 'code'>[]> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof ValidationError)
    return outcome.issues.map(({ path, message }) => ({ path, message }));
  throw outcome ?? new Error('It was not refused');
}
