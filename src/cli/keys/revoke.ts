import { connect } from '../ask.ts';
import { type ReachFragment, RevokeKeysDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';

/** The options of `keys revoke`. */
export interface RevokeKeysOptions extends ServerOptions {
  readonly reason?: string;
}

/** Revokes keys immediately and permanently: all of them, or none. */
export async function revokeKeys(io: Io, ids: string[], options: RevokeKeysOptions): Promise<void> {
  const { reason } = options;
  const { revokeApiKeys } = await connect(io, options)(RevokeKeysDocument, {
    input: { ids, ...(reason !== undefined && { reason }) },
  });
  const { apiKeys, propagation } = accepted(revokeApiKeys, 'RevokeApiKeysPayload');
  if (options.json) return printJson(io, { apiKeys, propagation });
  for (const { id, name } of apiKeys) io.stdout.write(`Revoked ${id} ${name}\n`);
  io.stdout.write(reached(propagation));
}

/** Summarizes in one line which nodes reject it. */
export function reached({ confirmedNodes, totalNodes }: ReachFragment): string {
  return `Confirmed by ${confirmedNodes} of ${totalNodes} ${totalNodes === 1 ? 'node' : 'nodes'}\n`;
}
