import type { Transaction } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { Input } from '../../core/input.ts';
import { CANDIDATES_MAX, countByStart } from './candidates.ts';

/** Message for a start of too many secrets. */
export const START_FAULT = `more than ${CANDIDATES_MAX} secrets with password hashes have this start: use more characters`;

/** A secret with a password hash, and the path of its start in the input. */
export interface StartedSecret {
  readonly path: readonly string[];
  readonly start: string;
}

/**
 * Throws ValidationError if an organization would have more than 8 secrets with password hashes and the same start: some
 * of them would never be found. Each path is reported once.
 */
export async function assertStartQuota(
  tx: Transaction<Tables>,
  organizationId: string,
  secrets: readonly StartedSecret[],
): Promise<void> {
  const counts = await countByStart(tx, organizationId, new Set(secrets.map(({ start }) => start)));
  const excess = new Map<string, readonly string[]>();
  for (const { path, start } of secrets) {
    const count = (counts.get(start) ?? 0) + 1;
    counts.set(start, count);
    if (count > CANDIDATES_MAX) excess.set(path.join('.'), path);
  }
  const input = new Input();
  for (const path of excess.values()) input.fault(path, 'TOO_MANY', START_FAULT);
  input.check();
}
