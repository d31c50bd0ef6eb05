import { randomBytes } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import type { Source } from '../realtime/source.ts';
import type { VerifierHub } from './hub.ts';
import { ownerOf } from './stream/stream-owner.ts';
import type { VerifierConnection } from './stream/verifier-connection.ts';
import type { VerifierEvent } from './stream/verifier-events.ts';
import type { StreamNames, StreamOwner } from './stream/verifier-stream.ts';
import { VERIFY_PERMISSION, type VerifiersContext } from './verifiers-context.ts';

/** How a verifier introduces itself. */
export interface VerifierInput {
  /** Shown to people: at most 100 characters. */
  readonly name?: string | null | undefined;
  /** From the first event of its previous stream, so that batches of usage continue. */
  readonly writer?: string | null | undefined;
}

const WRITER = /^[A-Za-z0-9_-]{22}$/;
const WRITER_BYTES = 16;

/** Stands for all organizations where limits are counted by organization. */
const EVERY_ORGANIZATION = '';

/**
 * The events of a new verifier. Requires `api.key.verify` and a WebSocket. Rejects with BAD_USER_INPUT, BAD_REQUEST or
 * RATE_LIMITED.
 */
export async function verifierSource(
  ctx: VerifiersContext,
  { input }: { readonly input?: VerifierInput | null },
): Promise<Source<VerifierEvent>> {
  const owner = ownerOf(ctx);
  const connection = ctx.verifierConnection;
  if (!connection)
    throw new AppError(
      'BAD_REQUEST',
      'verifierEvents requires a WebSocket (graphql-transport-ws): leases are requested on the same connection',
    );
  const names = readNames(input ?? {});
  ctx.verifiers.assertAdmitted(owner, connection);
  return sourceFor(ctx.verifiers, owner, names, connection);
}

/** Not part of the function above, whose context would be retained as long as the stream. */
function sourceFor(
  hub: VerifierHub,
  owner: StreamOwner,
  names: StreamNames,
  connection: VerifierConnection,
): Source<VerifierEvent> {
  return {
    organizationId: owner.organizationId ?? EVERY_ORGANIZATION,
    permission: VERIFY_PERMISSION,
    conflate: null,
    cursorOf: () => null,
    open: async (receiver) => hub.open(owner, names, connection, receiver),
    rightsChanged: () => {
      if (connection.stream) hub.reset(connection.stream);
    },
  };
}

function readNames({ name, writer }: VerifierInput): StreamNames {
  const input = new Input();
  const checked = name?.trim() ? input.name(['input', 'name'], name) : null;
  if (writer && !WRITER.test(writer))
    input.fault(['input', 'writer'], 'INVALID_FORMAT', 'must be the `writer` of an earlier VerifierWelcome');
  input.checkArguments();
  return { name: checked, writer: writer || randomBytes(WRITER_BYTES).toString('base64url') };
}
