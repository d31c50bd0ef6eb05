import { createOperatorToken } from '../operator-tokens/create-operator-token.ts';
import { listOperatorTokens } from '../operator-tokens/list-operator-tokens.ts';
import { revokeOperatorToken } from '../operator-tokens/revoke-operator-token.ts';
import { type Io, printJson } from './io.ts';
import { withContext } from './with-context.ts';

interface JsonOption {
  readonly json?: true;
}

/** Creates a token and prints it: alone on standard output, or as JSON. */
export async function createToken(io: Io, name: string, { json }: JsonOption): Promise<void> {
  const created = await withContext(io, (ctx) => createOperatorToken(ctx, name));
  io.stdout.write(`${json ? JSON.stringify(created) : created.token}\n`);
  if (!json) io.stderr.write('Copy this token now. It is not shown again.\n');
}

/** Prints all tokens, one per line. */
export async function listTokens(io: Io, { json }: JsonOption): Promise<void> {
  const tokens = await withContext(io, listOperatorTokens);
  const rows = tokens.map(({ name, createdAt, revokedAt }) => ({
    name,
    createdAt: new Date(createdAt).toISOString(),
    revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  }));
  if (json) printJson(io, rows);
  else for (const row of rows) io.stdout.write(`${line(row)}\n`);
}

function line(row: { name: string; createdAt: string; revokedAt: string | null }): string {
  const revoked = row.revokedAt === null ? '' : `  revoked ${row.revokedAt}`;
  return `${row.name.padEnd(24)}  created ${row.createdAt}${revoked}`;
}

/** Revokes a token. */
export async function revokeToken(io: Io, name: string): Promise<void> {
  await withContext(io, (ctx) => revokeOperatorToken(ctx, name));
  io.stdout.write(`Revoked ${name}\n`);
}
