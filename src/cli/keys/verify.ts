import { connect } from '../ask.ts';
import { type Environment, VerifyKeyDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { required } from '../server-refusal.ts';
import { UsageError } from '../usage-error.ts';

/** The options of `keys verify`. */
export interface VerifyKeyOptions extends ServerOptions {
  readonly permission?: string[];
  readonly anyPermission?: string[];
  readonly ip?: string;
  readonly team?: string;
  readonly environment?: string;
}

/** Longer input can't be a secret. */
const STDIN_MAX = 4_096;

/**
 * Prints whether a key is accepted: the code and, if it is accepted, its id and name. `-` reads the secret from
 * standard input. Rejects with the reason if the key is denied, so that the exit code is 1.
 */
export async function verifyKey(io: Io, argument: string, options: VerifyKeyOptions): Promise<void> {
  const ask = connect(io, options);
  const { permission: permissions = [], anyPermission: anyPermissions, ip, team, environment } = options;
  const key = argument === '-' ? await readSecret(io) : argument;
  const { verifyApiKey } = await ask(VerifyKeyDocument, {
    input: {
      key,
      permissions,
      ...(anyPermissions && { anyPermissions }),
      ...(ip !== undefined && { ip }),
      ...(team !== undefined && { teamId: team }),
      ...(environment !== undefined && { environment: environment.toUpperCase() as Environment }),
    },
  });
  const verification = required(verifyApiKey);
  const { code, valid, message, apiKey } = verification;
  if (options.json) printJson(io, verification);
  else io.stdout.write(`${[code, valid && apiKey?.id, valid && apiKey?.name].filter(Boolean).join('  ')}\n`);
  if (!valid) throw new Error(message);
}

async function readSecret(io: Io): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin()) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > STDIN_MAX) throw new UsageError('Standard input is too long for a secret');
  }
  const secret = text.trim();
  if (secret === '') throw new UsageError('Standard input contains no secret');
  return secret;
}
