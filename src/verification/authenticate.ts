import { type KeyPrincipal, keyPrincipal } from '../access/principal.ts';
import type { VerificationServices } from './services.ts';
import { verifySecret } from './verify.ts';

/**
 * The key whose secret this is, as a caller from this address; null if it is not accepted. Counts as a use or a denial
 * of the key, but not against its rate limit, which is for the API that it opens.
 */
export async function authenticateKey(
  services: Pick<VerificationServices, 'keys' | 'clock' | 'usage' | 'limiter'>,
  secret: string,
  ip: string | null,
): Promise<KeyPrincipal | null> {
  const { code, record } = await verifySecret(services, {
    secret,
    permissions: [],
    ip,
    teamId: null,
    environment: null,
    takeRateLimit: false,
    askedBy: null,
    visible: () => true,
  });
  return code === 'VALID' && record ? keyPrincipal(record) : null;
}
