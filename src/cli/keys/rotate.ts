import { randomUUID } from 'node:crypto';
import { connect } from '../ask.ts';
import { RotateKeyDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { accepted } from '../server-refusal.ts';
import { shortTime } from '../table.ts';
import { printKeyWithSecret } from './key-view.ts';

/** The options of `keys rotate`. */
export interface RotateKeyOptions extends ServerOptions {
  /** Seconds for which the old secret remains valid. */
  readonly overlap?: number;
  readonly quiet?: true;
}

/** Creates a new secret for a key and prints it; it is not shown again. With `quiet`, prints only the secret. */
export async function rotateKey(io: Io, id: string, options: RotateKeyOptions): Promise<void> {
  const { overlap } = options;
  const { rotateApiKey } = await connect(io, options)(RotateKeyDocument, {
    input: { id, idempotencyKey: randomUUID(), ...(overlap !== undefined && { overlapSeconds: overlap }) },
  });
  const { apiKey, secret, retiring } = accepted(rotateApiKey, 'RotateApiKeyPayload');
  if (options.quiet) io.stdout.write(`${secret}\n`);
  else if (options.json) printJson(io, { apiKey, secret, retiring });
  else {
    printKeyWithSecret(io, apiKey, secret);
    const until =
      retiring.status === 'RETIRING'
        ? `is accepted until ${shortTime(retiring.expiresAt)}`
        : 'is no longer accepted';
    io.stderr.write(`The previous secret, ${retiring.id}, ${until}.\n`);
  }
}
