import { connect } from '../ask.ts';
import { ShowKeyDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { keyView } from './key-view.ts';

/** Prints a key with its secrets, of which only the first characters are known. */
export async function showKey(io: Io, id: string, options: ServerOptions): Promise<void> {
  const { apiKey } = await connect(io, options)(ShowKeyDocument, { id });
  if (!apiKey) throw new Error('No API key found with this ID');
  if (options.json) printJson(io, apiKey);
  else io.stdout.write(keyView(apiKey));
}
