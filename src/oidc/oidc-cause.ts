import { OidcFault, type OidcFaultKind } from './oidc-fault.ts';

/** Maximum depth of the chain of causes. */
const CAUSES_MAX = 4;

/** An OAuth error code. Other text in its position is not repeated. */
const ERROR_CODE = /^[\w.-]{1,60}$/;

/**
 * Converts an error between Keywright and the provider to a fault in terms of the library and OAuth codes only. Tokens,
 * codes and addresses are omitted. `kind` applies if the error itself doesn't determine it.
 */
export function oidcFault(error: unknown, kind?: OidcFaultKind): OidcFault {
  if (error instanceof OidcFault) return error;
  const reasons: string[] = [];
  let away = false;
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Error; depth += 1) {
    const facts = current as { code?: unknown; error?: unknown };
    const code = [facts.error, facts.code].find((one) => typeof one === 'string' && ERROR_CODE.test(one));
    reasons.push(code === undefined ? current.message : `${current.message} (${String(code)})`);
    away ||= current.message === 'fetch failed' || facts.code === 'OAUTH_TIMEOUT';
    current = current.cause;
  }
  away ||= current instanceof Response && current.status >= 500;
  return new OidcFault(kind ?? (away ? 'unavailable' : 'failed'), reasons.join(': ') || 'unknown');
}
