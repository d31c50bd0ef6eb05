import { Input } from '../core/input.ts';
import { readKeyPrefix } from '../organizations/read-key-prefix.ts';
import { foundAndSignIn } from './found-and-sign-in.ts';
import { type Io, printJson } from './io.ts';
import { withContext } from './with-context.ts';

/** The options of `init`. */
export interface InitOptions {
  readonly organization: string;
  readonly email: string;
  readonly name?: string;
  readonly keyPrefix?: string;
  readonly json?: true;
}

/**
 * Creates an organization with its owner, who is signed in and also gets a browser sign-in link, atomically. An
 * existing user with the address becomes the owner. Rejects with ValidationError, whose paths are options.
 */
export async function init(io: Io, options: InitOptions): Promise<void> {
  const founded = await withContext(io, async (ctx) =>
    foundAndSignIn(ctx, readOptions(options, ctx.config.keyPrefix)),
  );
  const { organization, userId, link, session } = founded;
  if (options.json) {
    const { id: organizationId } = organization;
    return printJson(io, { organizationId, userId, sessionToken: session.token, signInUrl: link.url });
  }
  io.stdout.write(
    `Organization   ${organization.name} (${organization.id})
Owner          ${options.email} (${userId})
Session token  ${session.token} (not shown again)
Sign in within 15 minutes: ${link.url}
`,
  );
}

function readOptions(options: InitOptions, defaultPrefix: string) {
  const input = new Input();
  const { name } = options;
  const founding = {
    name: input.name(['--organization'], options.organization),
    slug: null,
    keyPrefix: readKeyPrefix(input, ['--key-prefix'], options.keyPrefix ?? defaultPrefix),
    owner: {
      email: input.email(['--email'], options.email),
      name: name === undefined ? null : input.name(['--name'], name),
    },
  };
  input.check();
  return founding;
}
