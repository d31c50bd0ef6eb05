import { presentedAddress } from '../../../../src/core/ip.ts';
import type { Environment, VerifyRequirements } from '../types.ts';
import type { VerifierUnavailableError } from '../verifier-unavailable-error.ts';

/** Options of the middlewares. `Request` is the framework's request type. */
export interface KeywrightOptions<Request> {
  /** Permissions that the key must have. A list, or a function of the request. */
  readonly permissions?: readonly string[] | ((request: Request) => readonly string[]) | undefined;
  /** Permissions of which the key must have at least one. A list, or a function of the request. */
  readonly anyPermissions?: readonly string[] | ((request: Request) => readonly string[]) | undefined;
  /** Environment that the key must belong to. */
  readonly environment?: Environment | undefined;
  /** ID of a team. The key must be bound to this team or to no team. */
  readonly teamId?: string | ((request: Request) => string | null | undefined) | undefined;
  /** ID of an organization. Keys of other organizations are treated as unknown. */
  readonly organizationId?: string | ((request: Request) => string | null | undefined) | undefined;
  /** Returns the client's IP address, for IP allowlists. Default: the address that the framework determines. */
  readonly ip?: ((request: Request) => string | null | undefined) | undefined;
  /**
   * Lets CORS preflight requests (OPTIONS with Origin and Access-Control-Request-Method) pass without a key. They have no
   * verdict, so later middleware must not change their method. Default: false.
   */
  readonly preflight?: boolean | undefined;
  /** Called with the reason when a key can't be verified and the request is rejected with 503. By default, nothing is logged. */
  readonly onUnavailable?: ((error: VerifierUnavailableError) => void) | undefined;
}

/** Options for frameworks that don't determine the client's IP address. */
export interface AddressOptions<Request> extends KeywrightOptions<Request> {
  /**
   * IP addresses and networks of the proxies in front of this server, such as `10.0.0.0/8`. The client's address is the
   * rightmost one in `X-Forwarded-For` that doesn't belong to them. Default: none. The header is then ignored.
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
