/** The GraphQL operations of a verifier. */
export const EVENTS = `subscription VerifierEvents($input: VerifierEventsInput!) {
  verifierEvents(input: $input) {
    __typename
    number
    ... on VerifierWelcome { stream writer leaseMs renewMs reportMs }
    ... on VerifierLease { nonce leaseMs serverTime }
    ... on VerifierChange { organizationId first last apiKeyIds }
    ... on VerifierRecall { slices }
  }
}`;

export const KEYS = `query VerifierKeys($stream: ID!, $secrets: [VerifierSecretInput!]!) {
  verifierKeys(stream: $stream, secrets: $secrets) {
    otherHashes importedSecrets
    results {
      tooManyFailures
      apiKey {
        id secretId organizationId environment permissions roleName teamIds externalId ipAllowlist
        rateLimit { limit windowSeconds }
        enabled revoked expiresAt apiKeyExpiresAt sequence
      }
    }
  }
}`;

export const REPORT = `mutation ReportVerifications($input: ReportVerificationsInput!) {
  reportVerifications(input: $input) {
    batch
    reportMs
    slices { hash slice granted remaining limit windowSeconds remainingMs }
  }
}`;

export const VERIFY = `mutation VerifyApiKey($input: VerifyApiKeyInput!) {
  verifyApiKey(input: $input) { valid code message remaining resetAt }
}`;
