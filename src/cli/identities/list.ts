import { listIdentities } from '../../oidc/list-identities.ts';
import { type Io, printJson } from '../io.ts';
import { table } from '../table.ts';
import { withContext } from '../with-context.ts';

/** Prints the identities of all users. */
export async function printIdentities(io: Io, { json }: { readonly json?: true }): Promise<void> {
  const identities = await withContext(io, listIdentities);
  const rows = identities.map((identity) => ({
    ...identity,
    createdAt: new Date(identity.createdAt).toISOString(),
  }));
  if (json) return printJson(io, rows);
  const cells = rows.map(({ email, issuer, subject, createdAt }) => [email, issuer, subject, createdAt]);
  io.stdout.write(table(['EMAIL', 'ISSUER', 'SUBJECT', 'SINCE'], cells));
}
