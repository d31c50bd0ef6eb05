import { createApiKey } from '../../src/keys/create-api-key.ts';
import { makeOrganization, type TestServices } from './services.ts';

/** What a use is counted by. */
export interface UsedKey {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
}

/** Makes an organization with so many keys, of one secret each. */
export async function makeUsedKeys(services: TestServices, count: number): Promise<UsedKey[]> {
  const { ctx, organization } = await makeOrganization(services);
  const keys: UsedKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id: keyId } = (await createApiKey(ctx, { name: `${index}` })).result.apiKey;
    const { id: secretId } = await ctx.db
      .selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', keyId)
      .executeTakeFirstOrThrow();
    keys.push({ keyId, secretId, organizationId: organization.id });
  }
  return keys;
}
