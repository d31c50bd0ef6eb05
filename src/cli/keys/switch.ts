import { connect } from '../ask.ts';
import { SwitchKeysDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { reached } from './revoke.ts';

/** Enables keys: all of them, or none. */
export function enableKeys(io: Io, ids: string[], options: ServerOptions): Promise<void> {
  return switchKeys(io, ids, options, true);
}

/** Disables keys until they are enabled again: all of them, or none. */
export function disableKeys(io: Io, ids: string[], options: ServerOptions): Promise<void> {
  return switchKeys(io, ids, options, false);
}

async function switchKeys(io: Io, ids: string[], options: ServerOptions, enabled: boolean): Promise<void> {
  const { updateApiKeys } = await connect(io, options)(SwitchKeysDocument, { input: { ids, enabled } });
  const { apiKeys, propagation } = accepted(updateApiKeys, 'UpdateApiKeysPayload');
  if (options.json) return printJson(io, { apiKeys, propagation });
  for (const { id, name } of apiKeys) io.stdout.write(`${enabled ? 'Enabled' : 'Disabled'} ${id} ${name}\n`);
  io.stdout.write(reached(propagation));
}
