import { type AddressSearch, useSearchInAddress } from '../../design/patterns/search-in-address.ts';
import type { DenialFilter, VerificationCode } from '../../generated/graphql.ts';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import { isAddress } from './is-address.ts';

/** Filters of denials, as in the URL. Empty: no filter. */
export interface DenialSearch {
  /** An IP address, possibly incomplete while it is typed. */
  readonly ip: string;
  /** A key's id. */
  readonly key: string;
  readonly code: VerificationCode | '';
}

/** Codes of denials with their reasons. */
export const CODES: readonly (readonly [VerificationCode, string])[] = (
  Object.entries(REASONS) as [VerificationCode, string][]
).filter(([code]) => code !== 'VALID');

/** The search in the URL, and functions that change it. */
export function useDenialSearch(): AddressSearch<DenialSearch, keyof DenialSearch> {
  return useSearchInAddress(readSearch);
}

function readSearch(parameters: URLSearchParams): DenialSearch {
  const code = CODES.find(([one]) => one === parameters.get('code'))?.[0] ?? '';
  return { ip: (parameters.get('ip') ?? '').trim(), key: parameters.get('key') ?? '', code };
}

/** The search as API input, without the time range. */
export function filterOf({ ip, key, code }: DenialSearch): DenialFilter {
  return {
    ...(isAddress(ip) && { ip }),
    ...(key && { apiKeyId: key }),
    ...(code && { codes: [code] }),
  };
}

/** The address of the view with these filters, which keeps the time range. */
export function addressOf(search: Partial<DenialSearch>, range: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value) parameters.set(name, value);
  if (range) parameters.set('range', range);
  const text = parameters.toString();
  return `/security${text && `?${text}`}`;
}
