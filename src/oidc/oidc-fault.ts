/** What a person is told: the provider is away, the attempt went wrong, or the account may not come in. */
export type OidcFaultKind = 'unavailable' | 'failed' | 'refused';

/** A sign-in with the provider that failed. The message is for the log and holds nothing secret. */
export class OidcFault extends Error {
  override name = 'OidcFault';
  readonly kind: OidcFaultKind;

  constructor(kind: OidcFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
