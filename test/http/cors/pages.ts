import { systemPrincipal } from '../../../src/access/principal.ts';
import { updateOrganization } from '../../../src/organizations/update-organization.ts';
import type { TestServer } from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';

/** Has an organization allow these origins, and no others. */
export async function allow(
  { services }: Pick<TestServer, 'services'>,
  id: string,
  ...allowedOrigins: string[]
): Promise<void> {
  await updateOrganization(contextFor(services, systemPrincipal('test')), { id, allowedOrigins });
}

/** Sends what a browser sends before a request with a credential. */
export function preflight(
  { url }: Pick<TestServer, 'url'>,
  origin: string,
  path = '/graphql',
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
}

/** The origin whose pages may read the response, or null. */
export function readerOf({ headers }: { readonly headers: Headers }): string | null {
  return headers.get('access-control-allow-origin');
}
