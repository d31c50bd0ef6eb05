import { useRefreshed } from '../../../api/use-refreshed.ts';
import { useSteady } from '../../../api/use-steady.ts';
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
  const options = { pause, everyMs: EVERY_MS };
  const [{ data, error }, reload] = useRefreshed(VerifiersDocument, { organizationId }, options);
  const verifiers = useSteady(data?.organization?.verifiers) ?? null;
  if (pause) return null;
  return {
    verifiers,
    error: verifiers || !error ? null : error.message,
    retry: () => reload({ requestPolicy: 'network-only' }),
  };
}
