import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { normalAddress } from '../core/ip.ts';
import { isProvided } from '../core/provided.ts';

/** A denial must match every field that is provided. */
export interface DenialFilter {
  readonly apiKeyId?: string | null | undefined;
  readonly codes?: readonly string[] | null | undefined;
  readonly ip?: string | null | undefined;
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
}

/** The conditions of a filter. Null: none. */
export interface DenialConditions {
  readonly apiKeyId: string | null;
  readonly ip: string | null;
  readonly codes: readonly string[] | null;
}

/** Checks a filter. Throws BAD_USER_INPUT for an invalid address or range. Text that is no ID matches no key. */
export function readDenialFilter(filter: DenialFilter): DenialConditions {
  const { apiKeyId, from, to } = filter;
  if (isProvided(from) && isProvided(to) && from > to)
    throw new AppError('BAD_USER_INPUT', 'filter.from: must not be after to');
  const ip = isProvided(filter.ip) ? normalAddress(filter.ip) : null;
  if (isProvided(filter.ip) && ip === null)
    throw new AppError('BAD_USER_INPUT', 'filter.ip: must be an IP address');
  return {
    apiKeyId: isProvided(apiKeyId) ? (isId('key', apiKeyId) ? apiKeyId : NO_KEY) : null,
    ip,
    codes: isProvided(filter.codes) ? [...new Set(filter.codes)] : null,
  };
}

/** No key has this ID. */
const NO_KEY = '-';
