import { VERIFICATION_CODES, type VerificationCode } from '../../../../src/verification/verification-code.ts';
import {
  type Fields,
  fault,
  flag,
  list,
  number,
  object,
  ProtocolError,
  positive,
  text,
  texts,
  whole,
} from './values.ts';

/** A key as the server describes it. */
export interface KeyRecord {
  readonly id: string;
  readonly secretId: string;
  readonly organizationId: string;
  readonly environment: 'LIVE' | 'TEST';
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  readonly teamIds: readonly string[];
  readonly externalId: string | null;
  readonly ipAllowlist: readonly string[];
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  readonly enabled: boolean;
  readonly revoked: boolean;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  readonly apiKeyExpiresAt: number | null;
  readonly sequence: number;
}

/** The result of a look-up of one secret. */
export interface KeyResult {
  readonly tooManyFailures: boolean;
  readonly apiKey: KeyRecord | null;
}

/** A slice of a rate limit. `granted` 0: nothing is left in the window. */
export interface SliceGrant {
  readonly hash: string;
  readonly slice: string | null;
  readonly granted: number;
  readonly remaining: number;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remainingMs: number;
}

/** The results of a look-up, and what it says about imported secrets in the installation. */
export interface KeyResults {
  readonly results: readonly KeyResult[];
  /** Whether there are some by other hashes than SHA-256, or any at all. */
  readonly otherHashes: boolean;
  readonly importedSecrets: boolean;
}

/** Reads the results of a look-up of this many secrets. Throws ProtocolError. */
export function readKeys(data: unknown, count: number): KeyResults {
  const found = object(object(data, 'data').verifierKeys, 'verifierKeys');
  const results = list(found.results, 'results').map((one) => {
    const result = object(one, 'results');
    const apiKey = result.apiKey === null ? null : readKey(object(result.apiKey, 'apiKey'));
    return { tooManyFailures: flag(result.tooManyFailures, 'tooManyFailures'), apiKey };
  });
  if (results.length !== count) throw new ProtocolError('The server sent another number of keys');
  return {
    results,
    otherHashes: flag(found.otherHashes, 'otherHashes'),
    importedSecrets: flag(found.importedSecrets, 'importedSecrets'),
  };
}

function readKey(key: Fields): KeyRecord {
  const { environment } = key;
  if (environment !== 'LIVE' && environment !== 'TEST') throw fault('environment');
  const limit = key.rateLimit === null ? null : object(key.rateLimit, 'rateLimit');
  return {
    id: text(key.id, 'id'),
    secretId: text(key.secretId, 'secretId'),
    organizationId: text(key.organizationId, 'organizationId'),
    environment,
    permissions: texts(key.permissions, 'permissions'),
    roleName: key.roleName === null ? null : text(key.roleName, 'roleName'),
    teamIds: texts(key.teamIds, 'teamIds'),
    externalId: key.externalId === null ? null : text(key.externalId, 'externalId'),
    ipAllowlist: texts(key.ipAllowlist, 'ipAllowlist'),
    rateLimit: limit && {
      limit: positive(limit.limit, 'limit'),
      windowSeconds: positive(limit.windowSeconds, 'windowSeconds'),
    },
    enabled: flag(key.enabled, 'enabled'),
    revoked: flag(key.revoked, 'revoked'),
    expiresAt: key.expiresAt === null ? null : number(key.expiresAt, 'expiresAt'),
    apiKeyExpiresAt: key.apiKeyExpiresAt === null ? null : number(key.apiKeyExpiresAt, 'apiKeyExpiresAt'),
    sequence: whole(key.sequence, 'sequence'),
  };
}

/** The result of a report. Throws ProtocolError. */
export function readReport(data: unknown): {
  readonly batch: number;
  readonly reportMs: number;
  readonly slices: readonly SliceGrant[];
} {
  const report = object(object(data, 'data').reportVerifications, 'reportVerifications');
  const slices = list(report.slices, 'slices').map((one) => {
    const slice = object(one, 'slices');
    return {
      hash: text(slice.hash, 'hash'),
      slice: slice.slice === null ? null : text(slice.slice, 'slice'),
      granted: whole(slice.granted, 'granted'),
      remaining: whole(slice.remaining, 'remaining'),
      limit: whole(slice.limit, 'limit'),
      windowSeconds: whole(slice.windowSeconds, 'windowSeconds'),
      remainingMs: whole(slice.remainingMs, 'remainingMs'),
    };
  });
  const reportMs = positive(report.reportMs, 'reportMs');
  return { batch: whole(report.batch, 'batch'), reportMs, slices };
}

/** The result of `verifyApiKey`. Throws ProtocolError. */
export function readVerification(data: unknown): {
  readonly code: VerificationCode;
  readonly message: string;
  readonly remaining: number | null;
  readonly resetAt: number | null;
} {
  const answer = object(object(data, 'data').verifyApiKey, 'verifyApiKey');
  const code = VERIFICATION_CODES.find((one) => one === answer.code);
  if (!code || (code === 'VALID') !== answer.valid) throw fault('code');
  return {
    code,
    message: text(answer.message, 'message'),
    remaining: answer.remaining === null ? null : number(answer.remaining, 'remaining'),
    resetAt: answer.resetAt === null ? null : number(Date.parse(text(answer.resetAt, 'resetAt')), 'resetAt'),
  };
}
