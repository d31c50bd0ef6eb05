import { IssueDocument, VerifyDocument } from '../generated/graphql.ts';
import { keywright } from './keywright.ts';

// A product's back end: issues a key for a customer, then checks it as each request of that customer would.
const { KEYWRIGHT_URL = 'http://127.0.0.1:4000', KEYWRIGHT_TOKEN = '' } = process.env;
const ask = keywright(KEYWRIGHT_URL, KEYWRIGHT_TOKEN);

const { createApiKey } = await ask(IssueDocument, {
  input: { name: 'Customer 42', externalId: 'customer-42', grants: ['prompt.render'] },
});
if (!createApiKey || !('secret' in createApiKey)) throw new Error(createApiKey?.message ?? 'No answer');
console.log(`issued ${createApiKey.apiKey.id}, which starts with ${createApiKey.apiKey.start}`);

const { verifyApiKey } = await ask(VerifyDocument, {
  input: { key: createApiKey.secret, permissions: ['prompt.render'] },
});
console.log(
  verifyApiKey?.valid ? `accepted: ${verifyApiKey.apiKey?.externalId}` : `refused: ${verifyApiKey?.code}`,
);
