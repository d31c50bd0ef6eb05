import { randomUUID } from 'node:crypto';
import { IssueDocument, VerifyDocument } from '../generated/graphql.ts';
import { exitWith, keywright } from './keywright.ts';

// The back end of a product: creates a key for a customer, then verifies it as for each of the customer's requests.
// KEYWRIGHT_ORGANIZATION is the ID of an organization. It is only required if the token gives access to several.
const {
  KEYWRIGHT_URL = 'http://127.0.0.1:4000',
  KEYWRIGHT_TOKEN = '',
  KEYWRIGHT_ORGANIZATION = null,
} = process.env;
const ask = keywright(KEYWRIGHT_URL, KEYWRIGHT_TOKEN);

async function issueAndVerify(): Promise<void> {
  const { createApiKey } = await ask(IssueDocument, {
    input: {
      organizationId: KEYWRIGHT_ORGANIZATION,
      // If the response is lost, the request is sent again, and the customer still gets one key.
      idempotencyKey: randomUUID(),
      name: 'Customer 42',
      externalId: 'customer-42',
      grants: ['prompt.render'],
    },
  });
  if (!createApiKey || !('secret' in createApiKey)) throw new Error(createApiKey?.message ?? 'No response');
  console.log(`issued ${createApiKey.apiKey.id}, which starts with ${createApiKey.apiKey.start}`);

  const { verifyApiKey } = await ask(VerifyDocument, {
    input: { key: createApiKey.secret, permissions: ['prompt.render'] },
  });
  console.log(
    verifyApiKey?.valid ? `accepted: ${verifyApiKey.apiKey?.externalId}` : `rejected: ${verifyApiKey?.code}`,
  );
}

await issueAndVerify().catch(exitWith);
