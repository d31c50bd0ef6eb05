import { Pencil } from 'lucide-react';
import { ButtonLink } from '../../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../../generated/graphql.ts';
import { useOpens } from '../../../../shell/views.tsx';

/** Link from a key to its form. */
export function EditAction({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  if (!opens('/keys/:keyId/edit')) return null;
  return (
    <ButtonLink to={`/keys/${apiKey.id}/edit`}>
      <Pencil size={16} aria-hidden="true" />
      Edit
    </ButtonLink>
  );
}
