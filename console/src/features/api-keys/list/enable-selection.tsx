import { CirclePause, CirclePlay } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import type { BulkProps } from './bulk-props.ts';
import { EnableManyDialog } from './enable-many-dialog.tsx';

/** The button that disables those of the selected keys that are neither disabled nor revoked. */
export function DisableSelection(props: BulkProps) {
  return <SwitchSelection {...props} enabled={false} />;
}

/** The button that enables those of the selected keys that are disabled. */
export function EnableSelection(props: BulkProps) {
  return <SwitchSelection {...props} enabled />;
}

function SwitchSelection({
  keys,
  changeable,
  done,
  enabled,
}: BulkProps & {
  /** The target state. */
  readonly enabled: boolean;
}) {
  // As of when the dialog was opened: they change when they are disabled.
  const [chosen, setChosen] = useState<readonly KeyFactsFragment[] | null>(null);
  const [selected, setSelected] = useState(0);
  const fitting = changeable.filter(({ status }) =>
    enabled ? status === 'DISABLED' : status === 'ACTIVE' || status === 'EXPIRED',
  );
  const open = () => {
    setChosen(fitting);
    setSelected(keys.length);
  };
  const close = (changed: boolean) => {
    setChosen(null);
    if (changed) done();
  };
  const Icon = enabled ? CirclePlay : CirclePause;
  return (
    <>
      <Button size="small" disabled={fitting.length === 0} onClick={open}>
        <Icon size={15} aria-hidden="true" />
        {enabled ? 'Enable' : 'Disable'}
      </Button>
      {chosen && <EnableManyDialog keys={chosen} selected={selected} enabled={enabled} onClose={close} />}
    </>
  );
}
