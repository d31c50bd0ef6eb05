import { useSubmit } from '../../../api/use-submit.ts';
import { counted } from '../../../design/primitives/counted.ts';
import { type KeyFactsFragment, RevokeKeysDocument } from '../../../generated/graphql.ts';
import { RevocationDialog } from './revocation-dialog.tsx';
import { SelectionUse } from './selection-use.tsx';
import { KEYS_MAX, TooManyKeys } from './too-many-keys.tsx';

/**
 * Revokes several keys, all or none: shows which are in use, asks for confirmation, then shows the nodes that
 * confirmed.
 */
export function RevokeManyDialog({
  keys,
  onClose,
}: {
  readonly keys: readonly KeyFactsFragment[];
  onClose(revoked: boolean): void;
}) {
  const { submit, busy, fault } = useSubmit(RevokeKeysDocument, ({ revokeApiKeys }) => revokeApiKeys);
  const count = counted(keys.length, 'key');
  if (keys.length > KEYS_MAX)
    return <TooManyKeys count={keys.length} verb="revoked" onClose={() => onClose(false)} />;
  return (
    <RevocationDialog
      question={{
        title: `Revoke ${count}?`,
        description:
          'Either all of these keys are revoked, or none. They stop working immediately. This can’t be undone.',
        cancel: 'Keep the keys',
        confirm: 'Revoke keys',
      }}
      phrase={`revoke ${count}`}
      done={{
        title: `${count} ${keys.length === 1 ? 'is' : 'are'} revoked`,
        description: 'Requests with these keys are denied.',
      }}
      fault={fault}
      busy={busy}
      revoke={(reason) => submit({ input: { ids: keys.map(({ id }) => id), reason } })}
      onClose={onClose}
    >
      <SelectionUse keys={keys} />
    </RevocationDialog>
  );
}
