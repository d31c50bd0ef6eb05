import { advise } from './advice.ts';

/** Why a connection ended. */
export interface Disconnection {
  readonly message: string;
  /** Whether the server rejected the credential. */
  readonly isRejected: boolean;
  /** Whether a message was too large for the server. */
  readonly isTooLarge?: boolean;
}

const MESSAGE_LENGTH_MAX = 300;

/** Codes of errors, and codes of a closed socket, by which the server rejects a credential. */
const REJECTIONS = ['UNAUTHENTICATED', 'FORBIDDEN'];
const CLOSED_UNAUTHENTICATED = 4401;
const CLOSED_REJECTED = [CLOSED_UNAUTHENTICATED, 4403];
const CLOSED_TOO_LARGE = 1009;

/** The reason in an error, a close event, or the errors of a GraphQL response. */
export function disconnectionOf(error: unknown): Disconnection {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const isRejected =
    CLOSED_REJECTED.includes(code as number) ||
    (Array.isArray(error) &&
      error.some((one) => REJECTIONS.includes((one as GraphQLFault)?.extensions?.code ?? '')));
  const reason = code === CLOSED_UNAUTHENTICATED ? 'it is unknown, revoked or expired' : describe(error);
  const message = isRejected ? `The server rejected the token: ${reason}` : advise(reason);
  return { message, isRejected, isTooLarge: code === CLOSED_TOO_LARGE };
}

interface GraphQLFault {
  readonly message?: unknown;
  readonly extensions?: { readonly code?: string };
}

/** A message about an error for people, in one line. */
export function describe(error: unknown): string {
  return messageIn(error).replace(/\s+/g, ' ').slice(0, MESSAGE_LENGTH_MAX);
}

function messageIn(error: unknown): string {
  if (Array.isArray(error)) return error.map(messageIn).join('; ');
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, reason, code } = error as Record<'message' | 'reason' | 'code', unknown>;
  if (typeof message === 'string' && message !== '') return message;
  if (typeof reason === 'string' && reason !== '') return `${reason} (${String(code)})`;
  if (code === 1006) return 'The connection was lost (1006)';
  return code === undefined ? 'Unknown error' : `The connection was closed (${String(code)})`;
}
