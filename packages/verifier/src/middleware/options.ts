import { presentedAddress } from '../../../../src/core/ip.ts';
import type { Environment, VerifyRequirements } from '../types.ts';
import type { VerifierUnavailableError } from '../verifier-unavailable-error.ts';

/** Options of the middlewares. `Request` is the request of the framework. */
export interface KeywrightOptions<Request> {
  /** Permissions that the key must have, all of them: always the same ones, or as a function of the request. */
  readonly permissions?: readonly string[] | ((request: Request) => readonly string[]) | undefined;
  /** Alternative permissions, of which the key must have one. */
  readonly anyPermissions?: readonly string[] | ((request: Request) => readonly string[]) | undefined;
  /** The environment that the key must belong to. */
  readonly environment?: Environment | undefined;
  /** ID of a team: the key must be bound to it or to no team. */
  readonly teamId?: string | ((request: Request) => string | null | undefined) | undefined;
  /** ID of an organization: keys of others are unknown. */
  readonly organizationId?: string | ((request: Request) => string | null | undefined) | undefined;
  /** The address of the client, for IP allowlists. Default: the framework's own. */
  readonly ip?: ((request: Request) => string | null | undefined) | undefined;
  /**
   * Lets CORS preflights (OPTIONS with Origin and Access-Control-Request-Method) pass without a key. They have no
   * verdict, so don't let later middleware change their method. Default: false.
   */
  readonly preflight?: boolean | undefined;
  /** Called with the reason when a key can't be verified and the request is rejected with 503. By default, nothing is logged. */
  readonly onUnavailable?: ((error: VerifierUnavailableError) => void) | undefined;
}

/** Options where the framework itself doesn't determine the client's address. */
export interface AddressOptions<Request> extends KeywrightOptions<Request> {
  /**
   * Addresses and networks of the proxies in front of this server, such as `10.0.0.0/8`. The client's address is the
   * right-most one in `X-Forwarded-For` that isn't one of them. Default: none, and the header is ignored.
   */
  readonly trustedProxies?: readonly string[] | undefined;
}

/** The requirements of a request. */
export function requirementsOf<Request>(
  options: KeywrightOptions<Request>,
  request: Request,
  ip: string | null | undefined,
): VerifyRequirements {
  const { permissions, anyPermissions, teamId, organizationId } = options;
  return {
    permissions: typeof permissions === 'function' ? permissions(request) : permissions,
    anyPermissions: typeof anyPermissions === 'function' ? anyPermissions(request) : anyPermissions,
    environment: options.environment,
    teamId: typeof teamId === 'function' ? teamId(request) : teamId,
    organizationId: typeof organizationId === 'function' ? organizationId(request) : organizationId,
    // A client may have written what a header contains. One that can't be read is unknown, as for `/verify`.
    ip: presentedAddress((options.ip ? options.ip(request) : ip) ?? ''),
  };
}
