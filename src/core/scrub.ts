/**
 * Maximum length of a quoted foreign name, in UTF-16 units: longer than names of the schema, shorter than any
 * credential.
 */
const QUOTED_MAX = 32;

/** Minimum length of tokens, and of random parts of API keys, that are treated as credentials, in characters. */
const TOKEN_MIN = 20;
const SECRET_MIN = 12;

/**
 * Removes everything that looks like a credential or the hash of one, in time linear in the text. Keywright logs none;
 * this protects against foreign texts, such as a database error that quotes a row.
 */
export function scrub(text: string): string {
  return text
    .replace(/\b(sess|kwop)_([\w-]+)/g, (found, prefix: string, token: string) =>
      token.length < TOKEN_MIN ? found : `${prefix}_[redacted]`,
    )
    .replace(/_(live|test)_([0-9A-Za-z]+)/g, (found, environment: string, secret: string) =>
      secret.length < SECRET_MIN ? found : `_${environment}_[redacted]`,
    )
    .replace(/\b[0-9a-f]{64}\b/gi, '[redacted]')
    .replace(/(postgres|postgresql|redis|rediss):\/\/[^\s"]+/g, (address, scheme: string) => {
      const at = address.lastIndexOf('@');
      return at < 0 ? address : `${scheme}://[redacted]${address.slice(at)}`;
    })
    .replace(/token=([\w-]+)/g, (found, token: string) =>
      token.length < TOKEN_MIN ? found : 'token=[redacted]',
    );
}

/**
 * Truncates foreign text to `max` UTF-16 units and `…`, at a space or a quote: `scrub` wouldn't recognize a credential
 * that was cut in two.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = max;
  while (end > 0 && !/[\s"]/.test(text[end - 1] ?? '')) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** A foreign name for a message: escaped and scrubbed, or `…` if it is longer than any name of the schema. */
export function quotable(name: string): string {
  return name.length > QUOTED_MAX ? '…' : scrub(JSON.stringify(name).slice(1, -1));
}
