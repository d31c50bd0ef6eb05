import { useEffect } from 'react';
import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { onVisible } from '../../../api/visible.ts';
import { VerifiersDocument, type VerifiersQuery } from '../../../generated/graphql.ts';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';

export type Verifier = NonNullable<NonNullable<VerifiersQuery['organization']>['verifiers']>[number];

/** No event reports verifiers, so they are requested this often while the page is visible, milliseconds. */
const EVERY_MS = 5_000;

export interface Verifiers {
  /** Null: not loaded yet. */
  readonly verifiers: readonly Verifier[] | null;
  /** Why they could not be loaded. Null: they were, or are being loaded. */
  readonly error: string | null;
  retry(): void;
}

/** The connected verifiers, kept up to date. Null if the viewer may not see them. */
export function useVerifiers(): Verifiers | null {
  const { id: organizationId } = useOrganization();
  const pause = !useCan()('organization.view');
  const [{ data, error }, reload] = useDocument(VerifiersDocument, { organizationId }, { pause });
  const verifiers = useSteady(data?.organization?.verifiers) ?? null;
  useEffect(() => {
    if (pause) return;
    const refresh = () => {
      if (document.visibilityState === 'visible') reload({ requestPolicy: 'network-only' });
    };
    const timer = setInterval(refresh, EVERY_MS);
    const ignore = onVisible(refresh);
    return () => {
      clearInterval(timer);
      ignore();
    };
  }, [pause, reload]);
  if (pause) return null;
  return {
    verifiers,
    error: verifiers || !error ? null : error.message,
    retry: () => reload({ requestPolicy: 'network-only' }),
  };
}
