import type { OidcConfig } from '../core/config/oidc-config.ts';
import { findHidden } from '../core/hidden-characters.ts';
import { Input } from '../core/input.ts';
import { OidcFault } from './oidc-fault.ts';

/** Claims of the provider, with a verified signature but not validated. */
export interface OidcClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly email: unknown;
  readonly emailVerified: unknown;
  readonly name: unknown;
  /** Google's `hd`: the Workspace that the account belongs to. */
  readonly hostedDomain: unknown;
}

/** A validated identity at the provider. */
export interface OidcIdentity {
  readonly issuer: string;
  /** Stable identifier of the person at the issuer, unlike the address. */
  readonly subject: string;
  /** Verified by the provider; lower-case. */
  readonly email: string;
  readonly name: string | null;
}

/** At most 255 ASCII characters (OpenID Connect Core 1.0, 2). */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/**
 * Anyone can have a Google account with an address that Google does not host, and keep it after the address has passed
 * to someone else (Google: "Verify the Google ID token on your server side").
 */
const GOOGLE = 'https://accounts.google.com';

/** Validates the claims. Throws OidcFault if the address is not verified, not allowed or ambiguous. */
export function acceptClaims(
  { issuer, subject, email, emailVerified, name, hostedDomain }: OidcClaims,
  { allowedEmailDomains }: Pick<OidcConfig, 'allowedEmailDomains'>,
): OidcIdentity {
  if (!SUBJECT.test(subject))
    throw new OidcFault('failed', 'the subject is not a valid OpenID Connect subject');
  if (typeof email !== 'string')
    throw new OidcFault('refused', 'the provider did not return an e-mail address');
  // Some providers send "true" as a string, but also for addresses that they have not verified.
  if (emailVerified !== true) throw new OidcFault('refused', 'the e-mail address is not verified');
  const address = plainAddress(email);
  const domain = address.slice(address.indexOf('@') + 1);
  if (allowedEmailDomains && !allowedEmailDomains.includes(domain))
    throw new OidcFault('refused', 'the domain of the e-mail address is not allowed');
  if (issuer === GOOGLE && domain !== 'gmail.com' && typeof hostedDomain !== 'string')
    throw new OidcFault('refused', 'the e-mail address is not hosted by Google, which verified it only once');
  return { issuer, subject, email: address, name: displayName(name) };
}

/**
 * The address in lower case. Rejected if lower-casing changes more than A to Z: Unicode has letters that become others
 * (the Kelvin sign becomes k), and the result could be another person's address.
 */
function plainAddress(email: string): string {
  const input = new Input();
  const address = input.email(['email'], email);
  const ascii = email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (address !== ascii || findHidden(address, 'name'))
    throw new OidcFault('refused', 'the e-mail address is not in a plain format');
  return address;
}

function displayName(claim: unknown): string | null {
  if (typeof claim !== 'string' || claim.trim() === '') return null;
  const input = new Input();
  const name = input.name(['name'], claim);
  try {
    input.check();
    return name;
  } catch {
    return null;
  }
}
