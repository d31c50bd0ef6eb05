import * as openid from 'openid-client';
import { describe, expect, test } from 'vitest';
import { generateSecret } from '../../../src/keys/secret.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';

const server = serverOn('sqlite');

/** openid-client, which validates responses with oauth4webapi. */
function client(secret: string, authentication?: openid.ClientAuth) {
  const { url } = server();
  const metadata = { issuer: url, introspection_endpoint: `${url}/introspect?permission=orders.read` };
  const configuration = new openid.Configuration(metadata, 'gateway', secret, authentication);
  openid.allowInsecureRequests(configuration);
  return configuration;
}

async function organization() {
  const { organizationId } = await makeMember(server());
  const gateway = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
  const key = await makeApiKey(server(), organizationId, { grants: ['orders.*'], externalId: 'customer' });
  return { gateway, key, organizationId };
}

describe('openid-client', () => {
  test.each([
    ['its default', undefined],
    ['client_secret_basic', openid.ClientSecretBasic],
    ['client_secret_post', openid.ClientSecretPost],
  ])('introspects keys with %s', async (_name, authentication) => {
    const { gateway, key, organizationId } = await organization();
    const configuration = client(gateway.secret, authentication?.(gateway.secret));
    const active = await openid.tokenIntrospection(configuration, key.secret, {
      token_type_hint: 'access_token',
    });
    expect(active).toMatchObject({
      active: true,
      token_type: 'Bearer',
      scope: 'orders.*',
      client_id: key.id,
      organization_id: organizationId,
      external_id: 'customer',
    });
    const inactive = await openid.tokenIntrospection(configuration, generateSecret('kw', 'live'));
    expect(inactive).toEqual({ active: false });
    const lacking = await openid.tokenIntrospection(configuration, gateway.secret);
    expect(lacking).toEqual({ active: false });
  });

  test.each([
    ['client_secret_basic', openid.ClientSecretBasic],
    ['client_secret_post', openid.ClientSecretPost],
  ])('recognizes the error of a wrong secret sent with %s', async (_name, authentication) => {
    const { key } = await organization();
    const configuration = client('x', authentication('x'));
    const error = await openid.tokenIntrospection(configuration, key.secret).catch((thrown) => thrown);
    expect(error.code).toBe('OAUTH_WWW_AUTHENTICATE_CHALLENGE');
    expect(error.cause.map(({ scheme }: { scheme: string }) => scheme)).toEqual(['bearer', 'basic']);
  });

  test('recognizes the error of a client without api.key.verify', async () => {
    const { key } = await organization();
    const error = await openid.tokenIntrospection(client(key.secret), key.secret).catch((thrown) => thrown);
    expect(error.code).toBe('OAUTH_WWW_AUTHENTICATE_CHALLENGE');
    expect(error.cause[0]).toEqual({
      scheme: 'bearer',
      parameters: { error: 'insufficient_scope', scope: 'api.key.verify' },
    });
  });
});
