import { connect } from '../ask.ts';
import { RevokeSecretDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { reached } from './revoke.ts';

/** Revokes one secret of a key immediately and permanently. The key's other secrets remain valid. */
export async function revokeSecret(io: Io, id: string, options: ServerOptions): Promise<void> {
  const { revokeApiKeySecret } = await connect(io, options)(RevokeSecretDocument, { input: { id } });
  const { apiKey, propagation } = accepted(revokeApiKeySecret, 'RevokeApiKeySecretPayload');
  if (options.json) printJson(io, { apiKey, propagation });
  else io.stdout.write(`Revoked ${id} of ${apiKey.id} ${apiKey.name}\n${reached(propagation)}`);
}
