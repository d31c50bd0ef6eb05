import { connect } from '../ask.ts';
import { OrganizationOfKeyDocument, UpdateKeyDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { UsageError } from '../usage-error.ts';
import { keyView } from './key-view.ts';
import type { PolicyOptions } from './policy-options.ts';
import { readPolicy } from './read-policy.ts';

/** The options of `keys update`. */
export interface UpdateKeyOptions extends ServerOptions, PolicyOptions {
  readonly name?: string;
  readonly enable?: true;
  readonly disable?: true;
}

/** Updates a key and prints the result. Lists replace the existing ones. */
export async function updateKey(io: Io, id: string, options: UpdateKeyOptions): Promise<void> {
  const ask = connect(io, options);
  const organizationId = async () => {
    const { apiKey } = await ask(OrganizationOfKeyDocument, { id });
    if (!apiKey) throw new Error('No API key found with this ID');
    return apiKey.organization?.id ?? null;
  };
  const { name, enable, disable } = options;
  const changes = {
    ...(await readPolicy(ask, organizationId, options)),
    ...(name !== undefined && { name }),
    ...((enable || disable) && { enabled: enable === true }),
  };
  if (Object.keys(changes).length === 0)
    throw new UsageError('No changes provided: pass at least one option');
  const { updateApiKey } = await ask(UpdateKeyDocument, { input: { id, ...changes } });
  const { apiKey } = accepted(updateApiKey, 'UpdateApiKeyPayload');
  if (options.json) printJson(io, apiKey);
  else io.stdout.write(keyView(apiKey));
}
