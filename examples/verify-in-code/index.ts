import { IssueDocument, VerifyDocument } from '../generated/graphql.ts';
import { keywright } from './keywright.ts';

// The back end of a product: creates a key for a customer, then verifies it as for each of the customer's requests.
const { KEYWRIGHT_URL = 'http://127.0.0.1:4000', KEYWRIGHT_TOKEN = '' } = process.env;
const ask = keywright(KEYWRIGHT_URL, KEYWRIGHT_TOKEN);

const { createApiKey } = await ask(IssueDocument, {
  input: { name: 'Customer 42', externalId: 'customer-42', grants: ['prompt.render'] },
});
if (!createApiKey || !('secret' in createApiKey)) throw new Error(createApiKey?.message ?? 'No response');
console.log(`issued ${createApiKey.apiKey.id}, which starts with ${createApiKey.apiKey.start}`);

const { verifyApiKey } = await ask(VerifyDocument, {
  input: { key: createApiKey.secret, permissions: ['prompt.render'] },
});
console.log(
  verifyApiKey?.valid ? `accepted: ${verifyApiKey.apiKey?.externalId}` : `rejected: ${verifyApiKey?.code}`,
);
