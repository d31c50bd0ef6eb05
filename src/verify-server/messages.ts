import type { DatabaseFiles } from '../../db/open.ts';
import type { Usage } from '../cluster/usage-groups.ts';
import type { VerificationCounts } from '../core/measurements.ts';

/** A message of a verification process to the server that started it. */
export type FromProcess =
  /** It receives messages from now on: earlier ones would be lost. */
  | { readonly type: 'hello' }
  /** It accepts requests. The first process also sends its listening socket. */
  | { readonly type: 'listening'; readonly port: number }
  /** It can't start. `message` is one line for people. */
  | { readonly type: 'failed'; readonly message: string }
  /** The answer to `ping`. */
  | { readonly type: 'pong' }
  /** The answer to `measure`. */
  | { readonly type: 'measured'; readonly counts: VerificationCounts }
  /** Recall the slices of these keys that embedded verifiers hold. */
  | { readonly type: 'recall'; readonly keyIds: readonly string[] }
  /** Uses and denials of watched organizations. */
  | { readonly type: 'usage'; readonly events: readonly Usage[] };

/** Start, on the socket that comes with the message, or else on the configured port. */
export interface Start {
  readonly type: 'start';
  /** The files of the SQLite database that the server uses: no others may be opened. Null: it uses PostgreSQL. */
  readonly files: DatabaseFiles | null;
  /** The file in which the processes of the node count rate limits. Null: in Redis. */
  readonly limitsPath: string | null;
  /** Organizations whose usage the server wants to receive. */
  readonly watched: readonly string[];
  /** Whether embedded verifiers are connected to the server. */
  readonly hasVerifiers: boolean;
}

/** A message of the server to a verification process. */
export type ToProcess =
  | Start
  /** The server starts or stops watching an organization. */
  | { readonly type: 'watch' | 'unwatch'; readonly organizationId: string }
  /** The first embedded verifier has connected, or the last one has left. */
  | { readonly type: 'verifiers'; readonly hasVerifiers: boolean }
  /** The answer to `recall`, for some of the keys: they were returned, as far as they will be, or there were none. */
  | { readonly type: 'recalled'; readonly keyIds: readonly string[]; readonly isRecalled: boolean }
  /** Show that your event loop runs. */
  | { readonly type: 'ping' }
  /** Send your counts. */
  | { readonly type: 'measure' }
  /** Complete running requests, write usage and exit. */
  | { readonly type: 'stop' };
