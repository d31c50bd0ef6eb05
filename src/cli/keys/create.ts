import { randomUUID } from 'node:crypto';
import { connect } from '../ask.ts';
import { CreateKeyDocument, type Environment } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import { inOrganization } from '../organizations/in-organization.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { printKeyWithSecret } from './key-view.ts';
import type { PolicyOptions } from './policy-options.ts';
import { readPolicy } from './read-policy.ts';

/** The options of `keys create`. */
export interface CreateKeyOptions extends ServerOptions, PolicyOptions {
  readonly name: string;
  readonly environment?: string;
  readonly organization?: string;
  readonly quiet?: true;
}

/** Creates a key and prints it with its secret, which is not shown again. With `quiet`, prints only the secret. */
export async function createKey(io: Io, options: CreateKeyOptions): Promise<void> {
  const ask = connect(io, options);
  const { name, environment } = options;
  const { apiKey, secret } = await inOrganization(io, ask, options.organization, async (organizationId) => {
    const policy = await readPolicy(ask, async () => organizationId, options);
    const { createApiKey } = await ask(CreateKeyDocument, {
      input: {
        ...policy,
        name,
        organizationId,
        idempotencyKey: randomUUID(),
        ...(environment !== undefined && { environment: environment.toUpperCase() as Environment }),
      },
    });
    return accepted(createApiKey, 'CreateApiKeyPayload');
  });
  if (options.quiet) io.stdout.write(`${secret}\n`);
  else if (options.json) printJson(io, { apiKey, secret });
  else printKeyWithSecret(io, apiKey, secret);
}
