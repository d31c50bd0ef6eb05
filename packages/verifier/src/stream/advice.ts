/** Faults of a configuration, as the libraries report them, and what to check. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^Unexpected server response: (\d+).*/s,
    'The server responded with HTTP status $1. Check `url`: it must be that of the Keywright server, not of VERIFY_PORT',
  ],
  [
    /^.*\b(?:EPROTO|wrong version number|ERR_SSL_\w+)\b.*/s,
    'The server does not use TLS on this port. Check `url`: use http: instead of https:',
  ],
];

/** The message of a connection error, in terms of the options where it is known how it comes about. */
export function advise(message: string): string {
  for (const [fault, advice] of ADVICE) if (fault.test(message)) return message.replace(fault, advice);
  return message;
}
