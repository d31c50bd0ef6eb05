import { counted } from '../../../design/primitives/counted.ts';
import { AlertDialog } from '../../../design/primitives/dialog.tsx';

/** Maximum number of keys in one request that changes several. */
export const KEYS_MAX = 500;

/** Says that more keys are selected than can be changed together. */
export function TooManyKeys({
  count,
  verb,
  onClose,
}: {
  readonly count: number;
  /** What can't be done: `revoked`. */
  readonly verb: string;
  onClose(): void;
}) {
  return (
    <AlertDialog
      title="Too many keys selected"
      description={`${counted(count, 'key')} are selected. At most ${KEYS_MAX} can be ${verb} together.`}
      onClose={onClose}
      cancel="Back"
      confirm={null}
    />
  );
}
