import packageJson from '../../package.json' with { type: 'json' };
import type { TypedDocumentString } from './generated/graphql.ts';
import type { Io } from './io.ts';
import { repeatSafely } from './repeat-safely.ts';
import { DEFAULT_URL, type ServerOptions } from './server-options.ts';
import { type Refusal, refusalOf, ServerRefusal } from './server-refusal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Sends an operation to the server. Rejects with ServerRefusal, or with an Error that explains why there was no
 * response.
 */
export type Ask = <Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
) => Promise<Result>;

const TIMEOUT_MS = 60_000;

const CHECK_SERVER = 'Start the server, or set KEYWRIGHT_URL (or --url) to its address';

/**
 * Returns a function that sends a command's operations, with the URL and token of its options or else of the
 * environment. An input with an idempotency key is sent again if its response is lost. Throws UsageError if there is no token, or if one of them is invalid; no message contains either.
 */
export function connect({ env }: Pick<Io, 'env'>, options: ServerOptions): Ask {
  const { url, token } = options;
  const endpoint =
    url === undefined
      ? endpointOf('KEYWRIGHT_URL', env.KEYWRIGHT_URL ?? DEFAULT_URL)
      : endpointOf('--url', url);
  const authorization = `Bearer ${tokenOf(token ?? env.KEYWRIGHT_TOKEN)}`;
  const post = async (body: string) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        Authorization: authorization,
        'User-Agent': `keywright-cli/${packageJson.version}`,
      },
      body,
      // The token is for this server only, so redirects are not followed.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const retryAfter = Number(response.headers.get('Retry-After')) || 0;
    return { status: response.status, retryAfter, text: await response.text() };
  };
  return async (document, variables) => {
    const send = () => post(JSON.stringify({ query: document.toString(), variables }));
    const response = await (hasIdempotencyKey(variables) ? repeatSafely(send) : send()).catch(
      (error: unknown) => {
        throw new Error(`${endpoint.origin} can't be reached: ${reasonOf(error)}. ${CHECK_SERVER}`, {
          cause: error,
        });
      },
    );
    const answer = parse(response.text);
    const refused = (answer?.errors ?? []).filter((error) => !isOmittable(error));
    if (refused.length > 0) throw new ServerRefusal(refused.map(refusalOf));
    if (answer?.data) return answer.data as never;
    throw new Error(
      `${endpoint.href} responded with ${response.status}, which is not a response of Keywright`,
    );
  };
}

function hasIdempotencyKey(variables: unknown): boolean {
  const { input } = variables as { readonly input?: { readonly idempotencyKey?: unknown } };
  return typeof input?.idempotencyKey === 'string';
}

function parse(text: string): Answer | null {
  try {
    return JSON.parse(text) as Answer | null;
  } catch {
    return null;
  }
}

interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Omit<Refusal, 'message'>;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}

/** Properties of a key that the caller may lack permission for: shown as empty, since failing would lose the secret. */
const DETAILS = ['organization', 'description', 'metadata', 'createdBy', 'revokedBy', 'revocationReason'];

function isOmittable({ path = [], extensions }: AnsweredError): boolean {
  const field = path.at(-1);
  return path.length > 1 && extensions?.code === 'FORBIDDEN' && DETAILS.includes(String(field));
}

function endpointOf(source: string, text: string): URL {
  const base = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : null;
  // Not quoted: it may contain a password, which is why it is rejected.
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.password || base.search || base.hash)
    throw new UsageError(`${source} must be an http or https address, such as https://keys.example.com`);
  return new URL('graphql', base);
}

function tokenOf(text = ''): string {
  const token = text.trim();
  if (token === '')
    throw new UsageError(
      'No credential provided: set KEYWRIGHT_TOKEN or pass --token. On the server, keywright session-token prints one',
    );
  // The error about an invalid header value would quote it.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('The token contains invalid characters');
  return token;
}

/** The underlying network error: `fetch` itself only reports that it failed. */
function reasonOf(error: unknown): string {
  const { name, cause, message } = error as Error;
  if (name === 'TimeoutError') return `no response within ${TIMEOUT_MS / 1000} s`;
  if (!(cause instanceof Error)) return message;
  const { code } = cause as { code?: unknown };
  return cause.message || (typeof code === 'string' ? code : cause.name);
}
