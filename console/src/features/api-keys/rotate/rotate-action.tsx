import { RefreshCw } from 'lucide-react';
import { ButtonLink } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';

/** Link from a key to its rotation. */
export function RotateAction({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const opens = useOpens();
  if (!opens('/keys/:keyId/rotate')) return null;
  return (
    <ButtonLink to={`/keys/${apiKey.id}/rotate`}>
      <RefreshCw size={16} aria-hidden="true" />
      Rotate
    </ButtonLink>
  );
}
