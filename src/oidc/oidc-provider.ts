import type { ClientAuth, Configuration } from 'openid-client';
import type { Services } from '../context.ts';
import type { OidcConfig } from '../core/config/oidc-config.ts';
import { oidcFault } from './oidc-cause.ts';
import { OidcFault } from './oidc-fault.ts';
import { challengeOf, type OidcFlow } from './oidc-flow.ts';
import type { OidcClaims } from './oidc-identity.ts';

type Library = typeof import('openid-client');

/** A provider with its discovered metadata. */
interface Discovered {
  readonly library: Library;
  readonly configuration: Configuration;
}

/** Lifetime of the provider's metadata, milliseconds. Its keys have a separate cache. */
const DISCOVERY_MS = 3_600_000;

/** After a failed refresh, how long the old metadata is used until the next attempt, milliseconds. */
const RETRY_MS = 60_000;

/** Timeout of a request to the provider, seconds. */
const TIMEOUT_SECONDS = 5;

/** Tolerated clock skew of the provider, seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

/**
 * The provider of OIDC_ISSUER: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1). Its
 * metadata is loaded at the first sign-in, and again after a failure, so the server starts and runs without it.
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

  /** The authorization URL of this flow. Rejects with OidcFault if the provider is unreachable. */
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
   * Exchanges and validates the provider's response. `answer` is the URL that the provider redirected to. Rejects with
   * OidcFault if anything is wrong.
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
      // A multi-tenant provider can use one issuer for all tenants, which identifies no one.
      if (token?.iss !== configuration.serverMetadata().issuer)
        throw new OidcFault('failed', 'the ID token is from another issuer');
      // The claims of one source only: an address in one of them is not verified by the other.
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
      this.#services.log.warn("The OpenID provider's metadata could not be refreshed", {
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
        // The signature of the ID token is verified in addition to the connection that it came by.
        execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
      },
    );
    // The library relaxes this for some providers.
    if (new URL(configuration.serverMetadata().issuer).href !== url.href)
      throw new OidcFault('unavailable', "the provider's issuer differs from OIDC_ISSUER");
    return { library, configuration };
  }
}

/** Sends the secret in a header, which every provider must support unless its metadata says otherwise. */
function clientAuthentication(library: Library, secret: string): ClientAuth {
  const [basic, post] = [library.ClientSecretBasic(secret), library.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const inHeader = methods?.includes('client_secret_basic') ?? true;
    return inHeader ? basic(server, ...rest) : post(server, ...rest);
  };
}
