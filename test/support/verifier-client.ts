import { onTestFinished } from 'vitest';
import { createVerifier } from '../../packages/verifier/src/create-verifier.ts';
import type { Verifier, VerifierOptions } from '../../packages/verifier/src/types.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { makeApiKey, makeMember, type TestServer, type TestServerOptions } from './server.ts';

/** A verifier that is connected; stopped with the test. */
export async function connectVerifier(
  url: string,
  token: string,
  options: Partial<VerifierOptions> = {},
): Promise<Verifier> {
  const verifier = openVerifier(url, token, options);
  await verifier.ready();
  return verifier;
}

/** A verifier that may not be connected yet; stopped with the test. */
export function openVerifier(
  url: string,
  token: VerifierOptions['token'],
  options: Partial<VerifierOptions> = {},
): Verifier {
  const verifier = createVerifier({ url, token, name: 'test', timeoutMs: 10_000, ...options });
  onTestFinished(() => verifier.stop());
  return verifier;
}

/** An organization with an owner, and the secret of a key that verifies its keys. */
export async function makeVerifyingOrganization(server: Pick<TestServer, 'services'>) {
  const owner = await makeMember(server);
  const { secret: token } = await makeApiKey(server, owner.organizationId, { grants: ['api.key.verify'] });
  return { ...owner, token };
}

/** How a server with short leases is configured, milliseconds. */
export function shortLeases(leaseMs = 600): TestServerOptions {
  return { config: { cluster: { ...parseConfig({}).cluster, leaseMs } } };
}
