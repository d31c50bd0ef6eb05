import { AlertDialog } from '../../../components/dialog.tsx';
import type { PropagationFactsFragment } from '../../../generated/graphql.ts';
import { PropagationShown } from './propagation.tsx';

/** Result of a revocation: the nodes that confirmed it. */
export function Revoked({
  title,
  description,
  propagation,
  onClose,
}: {
  readonly title: string;
  readonly description: string;
  readonly propagation: PropagationFactsFragment;
  onClose(): void;
}) {
  return (
    <AlertDialog title={title} description={description} onClose={onClose} cancel="Done" confirm={null}>
      <PropagationShown propagation={propagation} />
    </AlertDialog>
  );
}
