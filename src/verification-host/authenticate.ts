import { type KeyPrincipal, keyPrincipal } from '../access/principal.ts';
import { type Needs, verifySecret } from '../verification/verify.ts';
import type { VerificationServices } from './context.ts';

/**
 * The key with this secret as a caller from this address. Null if it is not accepted. Counts as a use or a denial of
 * the key, but not towards its rate limit, which applies to the product's own API.
 */
export async function authenticateKey(
  services: Needs & Pick<VerificationServices, 'failures'>,
  secret: string,
  ip: string | null,
): Promise<KeyPrincipal | null> {
  const { code, record } = await verifySecret(services, {
    secret,
    permissions: [],
    anyPermissions: [],
    ip,
    teamId: null,
    environment: null,
    takeRateLimit: false,
    reportTo: null,
    mayFail: () => services.failures.allows(ip),
    visible: () => true,
  });
  return code === 'VALID' && record ? keyPrincipal(record) : null;
}
