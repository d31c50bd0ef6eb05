import { Requester } from './requester.ts';

/** A key created by the benchmark. */
export interface Key {
  readonly id: string;
  readonly secret: string;
}

/** The response to a revocation. */
export interface Propagation {
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** Milliseconds from the commit until no node uses the previous state. */
  readonly milliseconds: number;
}

const FOUND = `mutation { createOrganization(input: { name: "Bench" }) {
  ... on CreateOrganizationPayload { organization { id } } } }`;
const CREATE = `mutation ($organizationId: ID!) { createApiKey(input: { name: "Bench", organizationId: $organizationId }) {
  ... on CreateApiKeyPayload { secret apiKey { id } } } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) {
  ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes milliseconds } } } }`;

/** Creates and revokes keys on one server, one after the other. */
export class Owner {
  readonly #token: string;
  readonly #requester: Requester;
  readonly #organizationId: string;

  constructor(url: string, token: string, organizationId: string) {
    this.#token = token;
    this.#requester = new Requester(url);
    this.#organizationId = organizationId;
  }

  /** Creates an organization and returns its id. */
  async found(): Promise<string> {
    return (await this.#ask(FOUND, {})).createOrganization.organization.id;
  }

  async create(): Promise<Key> {
    const data = await this.#ask(CREATE, { organizationId: this.#organizationId });
    return { id: data.createApiKey.apiKey.id, secret: data.createApiKey.secret };
  }

  async revoke(id: string): Promise<Propagation> {
    return (await this.#ask(REVOKE, { id })).revokeApiKey.propagation;
  }

  close(): void {
    this.#requester.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: responses have any shape.
  async #ask(query: string, variables: object): Promise<any> {
    const headers = `Authorization: Bearer ${this.#token}\r\nContent-Type: application/json\r\n`;
    const body = JSON.stringify({ query, variables });
    const answer = await this.#requester.send('POST', '/graphql', headers, body);
    const { data, errors } = JSON.parse(answer.body);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
}

/** Creates keys, each owner a part of them concurrently. */
export async function createKeys(owners: readonly Owner[], count: number): Promise<Key[]> {
  const parts = owners.map(async (owner, index) => {
    const keys: Key[] = [];
    for (let number = index; number < count; number += owners.length) keys.push(await owner.create());
    return keys;
  });
  return (await Promise.all(parts)).flat();
}
