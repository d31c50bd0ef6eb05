import { useState } from 'react';
import type { Fault } from '../../../api/fault.ts';
import { useSubmit } from '../../../api/use-submit.ts';
import { counted } from '../../../design/primitives/counted.ts';
import { AlertDialog } from '../../../design/primitives/dialog.tsx';
import { FormFault } from '../../../design/primitives/field.tsx';
import {
  type KeyFactsFragment,
  type PropagationFactsFragment,
  UpdateKeysDocument,
} from '../../../generated/graphql.ts';
import { PropagationShown } from '../revoke/propagation.tsx';
import { SelectionUse } from '../revoke/selection-use.tsx';
import { KEYS_MAX, TooManyKeys } from '../revoke/too-many-keys.tsx';
import { SWITCH } from './texts.ts';

/**
 * Disables or enables several keys, all or none: shows which are in use, then the nodes that confirmed. Errors name the
 * key that they are about.
 */
export function EnableManyDialog({
  keys,
  selected,
  enabled,
  onClose,
}: {
  readonly keys: readonly KeyFactsFragment[];
  /** Number of selected keys. Those that aren't in `keys` are skipped. */
  readonly selected: number;
  /** The target state. */
  readonly enabled: boolean;
  onClose(changed: boolean): void;
}) {
  const { submit, busy, fault } = useSubmit(UpdateKeysDocument, ({ updateApiKeys }) => updateApiKeys);
  const [propagation, setPropagation] = useState<PropagationFactsFragment | null>(null);
  const count = counted(keys.length, 'key');
  const words = enabled ? SWITCH.enable : SWITCH.disable;
  if (keys.length > KEYS_MAX)
    return <TooManyKeys count={keys.length} verb={words.done} onClose={() => onClose(false)} />;
  if (propagation)
    return (
      <AlertDialog
        key="done"
        title={`${count} ${keys.length === 1 ? 'is' : 'are'} ${words.done}`}
        description={words.result}
        onClose={() => onClose(true)}
        cancel="Done"
        confirm={null}
      >
        <PropagationShown propagation={propagation} done={words.done} />
      </AlertDialog>
    );
  const answer = async () => {
    const changed = await submit({ input: { ids: keys.map(({ id }) => id), enabled } });
    if (changed) setPropagation(changed.propagation);
  };
  const leftOut = selected - keys.length;
  return (
    <AlertDialog
      title={words.question(count)}
      description={
        <>
          {words.meaning}
          {leftOut > 0 && ` ${words.leftOut(leftOut, selected)}`}
        </>
      }
      onClose={() => onClose(false)}
      confirm={{ label: words.confirm, look: enabled ? 'primary' : 'danger', busy, run: answer }}
    >
      <SelectionUse keys={keys} />
      <FormFault fault={fault && named(fault, keys)} />
    </AlertDialog>
  );
}

/** The fault with the names of keys instead of their ids, which nobody knows by heart. */
function named(fault: Fault, keys: readonly KeyFactsFragment[]): Fault {
  const withNames = (text: string) =>
    keys.reduce((words, { id, name }) => words.replaceAll(id, `“${name}”`), text);
  return {
    ...fault,
    message: withNames(fault.message),
    besides: (fields) => fault.besides(fields).map(withNames),
  };
}
