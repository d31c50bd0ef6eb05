import type { ClientAuth, Configuration } from 'openid-client';
import type { Services } from '../context.ts';
import type { OidcConfig } from '../core/config/oidc-config.ts';
import { oidcFault } from './oidc-cause.ts';
import { OidcFault } from './oidc-fault.ts';
import { challengeOf, type OidcFlow } from './oidc-flow.ts';
import type { OidcClaims } from './oidc-identity.ts';

type Library = typeof import('openid-client');

/** A provider whose addresses are known. */
interface Discovered {
  readonly library: Library;
  readonly configuration: Configuration;
}

/** How long the provider's addresses are good for, milliseconds. Its keys have a cache of their own. */
const DISCOVERY_MS = 3_600_000;

/** After they could not be read again, how long the old ones serve until the next try, milliseconds. */
const RETRY_MS = 60_000;

/** How long one answer of the provider may take, seconds. */
const TIMEOUT_SECONDS = 5;

/** How far the provider's clock may be off, seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

/**
 * The provider behind OIDC_ISSUER: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1). Asked
 * for its addresses when someone first signs in, and again after a failure: the server starts and runs without it.
 */
export class OidcProvider {
  readonly #settings: OidcConfig;
  readonly #services: Pick<Services, 'clock' | 'log'>;
  #known: (Discovered & { /** By the monotonic clock. */ readonly goodUntil: number }) | undefined;
  #underway: Promise<Discovered> | undefined;

  constructor(settings: OidcConfig, services: Pick<Services, 'clock' | 'log'>) {
    this.#settings = settings;
    this.#services = services;
  }

  /** Where the browser goes for this flow. Rejects with OidcFault if the provider can't be reached. */
  async authorizationUrl(flow: OidcFlow, redirectUri: string): Promise<string> {
    const { library, configuration } = await this.#discovered();
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: challengeOf(flow),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /**
   * Who the provider says has signed in: `answer` is the address to which it sent the browser back. Rejects with
   * OidcFault for whatever is wrong with it, or with what the provider then says.
   */
  async claimsOf(answer: URL, { state, nonce, verifier }: OidcFlow): Promise<OidcClaims> {
    const { library, configuration } = await this.#discovered();
    try {
      const tokens = await library.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      // Of providers with many tenants, one issuer's name can stand for all of them: no one is known by that.
      if (token?.iss !== configuration.serverMetadata().issuer)
        throw new OidcFault('failed', 'the ID token is from another issuer');
      // One of them says both: an address of the one is not verified by the other.
      const complete = token.email !== undefined && token.email_verified !== undefined;
      const source =
        complete || !configuration.serverMetadata().userinfo_endpoint
          ? token
          : await library.fetchUserInfo(configuration, tokens.access_token, token.sub);
      return {
        issuer: token.iss,
        subject: token.sub,
        email: source.email,
        emailVerified: source.email_verified,
        name: source.name ?? token.name,
        hostedDomain: token.hd,
      };
    } catch (error) {
      throw oidcFault(error);
    }
  }

  async #discovered(): Promise<Discovered> {
    const now = this.#services.clock.monotonic();
    const known = this.#known;
    if (known && known.goodUntil > now) return known;
    this.#underway ??= this.#discover().finally(() => {
      this.#underway = undefined;
    });
    try {
      const discovered = await this.#underway;
      this.#known = { ...discovered, goodUntil: now + DISCOVERY_MS };
      return discovered;
    } catch (error) {
      if (!known) throw oidcFault(error, 'unavailable');
      this.#services.log.warn("the OpenID provider's metadata could not be refreshed", {
        error: oidcFault(error),
      });
      this.#known = { ...known, goodUntil: now + RETRY_MS };
      return known;
    }
  }

  async #discover(): Promise<Discovered> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const library = await import('openid-client');
    const { discovery, allowInsecureRequests, enableNonRepudiationChecks } = library;
    const url = new URL(issuer);
    const configuration = await discovery(
      url,
      clientId,
      { [library.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      clientAuthentication(library, clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // The signature of the ID token is looked at too, not only the connection that it came by.
        execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
      },
    );
    // The library makes exceptions for some providers.
    if (new URL(configuration.serverMetadata().issuer).href !== url.href)
      throw new OidcFault('unavailable', "the provider's issuer differs from OIDC_ISSUER");
    return { library, configuration };
  }
}

/** The secret in a header, which is what providers must understand, unless this one says that it doesn't. */
function clientAuthentication(library: Library, secret: string): ClientAuth {
  const [basic, post] = [library.ClientSecretBasic(secret), library.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const inHeader = methods?.includes('client_secret_basic') ?? true;
    return inHeader ? basic(server, ...rest) : post(server, ...rest);
  };
}
