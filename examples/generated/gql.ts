/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query LiveKeys($organizationId: ID) {\n  apiKeys(organizationId: $organizationId, first: 100) {\n    nodes {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyChanges($organizationId: ID, $after: String) {\n  apiKeyChanged(organizationId: $organizationId, after: $after) {\n    __typename\n    cursor\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyUses($organizationId: ID, $since: DateTime) {\n  apiKeyUsed(organizationId: $organizationId, since: $since) {\n    count\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}": typeof types.LiveKeysDocument,
    "mutation Issue($input: CreateApiKeyInput!) {\n  createApiKey(input: $input) {\n    ... on CreateApiKeyPayload {\n      secret\n      apiKey {\n        id\n        start\n      }\n    }\n    ... on Error {\n      __typename\n      message\n    }\n  }\n}\n\nmutation Verify($input: VerifyApiKeyInput!) {\n  verifyApiKey(input: $input) {\n    valid\n    code\n    message\n    apiKey {\n      id\n      externalId\n      permissions\n    }\n  }\n}": typeof types.IssueDocument,
};
const documents: Documents = {
    "query LiveKeys($organizationId: ID) {\n  apiKeys(organizationId: $organizationId, first: 100) {\n    nodes {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyChanges($organizationId: ID, $after: String) {\n  apiKeyChanged(organizationId: $organizationId, after: $after) {\n    __typename\n    cursor\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyUses($organizationId: ID, $since: DateTime) {\n  apiKeyUsed(organizationId: $organizationId, since: $since) {\n    count\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}": types.LiveKeysDocument,
    "mutation Issue($input: CreateApiKeyInput!) {\n  createApiKey(input: $input) {\n    ... on CreateApiKeyPayload {\n      secret\n      apiKey {\n        id\n        start\n      }\n    }\n    ... on Error {\n      __typename\n      message\n    }\n  }\n}\n\nmutation Verify($input: VerifyApiKeyInput!) {\n  verifyApiKey(input: $input) {\n    valid\n    code\n    message\n    apiKey {\n      id\n      externalId\n      permissions\n    }\n  }\n}": types.IssueDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query LiveKeys($organizationId: ID) {\n  apiKeys(organizationId: $organizationId, first: 100) {\n    nodes {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyChanges($organizationId: ID, $after: String) {\n  apiKeyChanged(organizationId: $organizationId, after: $after) {\n    __typename\n    cursor\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}\n\nsubscription KeyUses($organizationId: ID, $since: DateTime) {\n  apiKeyUsed(organizationId: $organizationId, since: $since) {\n    count\n    apiKey {\n      id\n      name\n      status\n      lastUsedAt\n    }\n  }\n}"): typeof import('./graphql.ts').LiveKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Issue($input: CreateApiKeyInput!) {\n  createApiKey(input: $input) {\n    ... on CreateApiKeyPayload {\n      secret\n      apiKey {\n        id\n        start\n      }\n    }\n    ... on Error {\n      __typename\n      message\n    }\n  }\n}\n\nmutation Verify($input: VerifyApiKeyInput!) {\n  verifyApiKey(input: $input) {\n    valid\n    code\n    message\n    apiKey {\n      id\n      externalId\n      permissions\n    }\n  }\n}"): typeof import('./graphql.ts').IssueDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
