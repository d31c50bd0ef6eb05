import { hostname } from 'node:os';
import type { VerifierDisconnection, VerifierOptions } from './types.ts';

/** Options after all checks, with defaults. */
export interface CheckedOptions {
  /** URL of the WebSocket. */
  readonly url: string;
  readonly token: () => string | Promise<string>;
  readonly name: string;
  readonly maxKeys: number;
  readonly timeoutMs: number;
  readonly onDisconnect: (error: VerifierDisconnection) => void;
}

const NAME_MAX = 100;
const TOKEN_EXPECTED = 'an API key, an operator token, or a function that returns one';
const URL_EXPECTED = 'the URL of a Keywright server, such as http://127.0.0.1:4000';

/** Checks options. Throws TypeError for the first fault. */
export function checkOptions(options: VerifierOptions): CheckedOptions {
  const { token, name = hostname().slice(0, NAME_MAX) } = options;
  const url = webSocketUrl(options.url);
  if (typeof token !== 'function' && (typeof token !== 'string' || token.trim() === ''))
    throw new TypeError(`token: must be ${TOKEN_EXPECTED}. It is missing or empty`);
  if (typeof name !== 'string' || name.length < 1 || name.length > NAME_MAX)
    throw new TypeError(`name: must have 1 to ${NAME_MAX} characters`);
  return {
    url,
    token: typeof token === 'function' ? token : () => token,
    name,
    maxKeys: integer('maxKeys', options.maxKeys ?? 100_000, 1, 10_000_000),
    timeoutMs: integer('timeoutMs', options.timeoutMs ?? 5_000, 100, 600_000),
    onDisconnect: options.onDisconnect ?? (() => {}),
  };
}

function webSocketUrl(text: string | undefined): string {
  if (!text) throw new TypeError(`url: must be ${URL_EXPECTED}. It is missing or empty`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError(`url: must be ${URL_EXPECTED}`);
  if (/\/graphql\/*$/.test(url.pathname)) throw new TypeError('url: must not include /graphql');
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/graphql`;
  return url.href;
}

function integer(field: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new TypeError(`${field}: must be a whole number from ${min} to ${max}`);
  return value;
}
