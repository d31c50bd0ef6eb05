/** What the user sees: the provider is unavailable, the attempt failed, or the account is not allowed. */
export type OidcFaultKind = 'unavailable' | 'failed' | 'refused';

/** A failed sign-in with the provider. The message is for the log and contains nothing secret. */
export class OidcFault extends Error {
  override name = 'OidcFault';
  readonly kind: OidcFaultKind;

  constructor(kind: OidcFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
