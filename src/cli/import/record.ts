import type { HashAlgorithm } from '../../keys/import/stored-hash.ts';
import type { Environment } from '../../keys/secret.ts';

/** A key of another system, as a reader found it. Times are milliseconds since the epoch. */
export interface ForeignKey {
  /** ID of the key in the other system. */
  readonly foreignId: string;
  readonly name: string;
  readonly hash: string;
  readonly algorithm: HashAlgorithm;
  readonly additionalHashes?: readonly string[] | undefined;
  readonly start?: string | undefined;
  readonly environment?: Environment | undefined;
  readonly description?: string | undefined;
  /** ID or name. */
  readonly role?: string | undefined;
  readonly grants?: readonly string[] | undefined;
  /** IDs or names. */
  readonly teams?: readonly string[] | undefined;
  readonly ipAllowlist?: readonly string[] | undefined;
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number } | undefined;
  readonly externalId?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly enabled?: boolean | undefined;
  readonly createdAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly lastUsedAt?: number | undefined;
}

/** A record that can't be imported. The reasons quote no values. */
export interface RejectedRecord {
  readonly type: 'rejected';
  /** Line of the file, or row of the table, counted from 1. */
  readonly line: number;
  /** Empty if it is unknown. */
  readonly foreignId: string;
  readonly reasons: readonly string[];
}

/** A key to import. */
export interface KeyRecord {
  readonly type: 'key';
  readonly line: number;
  readonly key: ForeignKey;
  /** Properties with a value that Keywright has no equivalent for. */
  readonly lost: readonly string[];
}

/** Another line of an export. */
export interface ExportRecord {
  readonly type: 'export';
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What a reader yields, in the order of the source. */
export type SourceRecord = KeyRecord | RejectedRecord | ExportRecord;

/** A record that can't be imported, for these reasons. */
export function rejected(line: number, reasons: readonly string[], foreignId: unknown = ''): RejectedRecord {
  return { type: 'rejected', line, foreignId: typeof foreignId === 'string' ? foreignId : '', reasons };
}

/** The source as a whole can't be read beyond this point. */
export class SourceError extends Error {
  override name = 'SourceError';
}
