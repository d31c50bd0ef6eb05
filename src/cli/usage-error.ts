/** A command that can't be run as it was typed. The message goes to standard error, and the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
