import { limitApiKeys } from '../../organizations/limit-api-keys.ts';
import { type Io, printJson } from '../io.ts';
import { withContext } from '../with-context.ts';

/** Sets the maximum number of active keys of an organization directly in the database. Null: unlimited. */
export async function limitOrganization(
  io: Io,
  organization: string,
  maxActiveApiKeys: number | null,
  { json }: { readonly json?: true },
): Promise<void> {
  const { id, name } = await withContext(io, (ctx) => limitApiKeys(ctx, { organization, maxActiveApiKeys }));
  if (json) printJson(io, { organizationId: id, maxActiveApiKeys });
  else io.stdout.write(`${name} (${id}) can have ${maxActiveApiKeys ?? 'any number of'} active API keys\n`);
}
