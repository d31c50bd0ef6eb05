import type { ReactNode } from 'react';
import { Button } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useBulkActions, useChangeable } from './bulk-actions.ts';

/**
 * Actions for the selected keys, after those in `children`. Hidden without a selection, but not removed: their dialogs
 * stay open when the keys leave the list.
 */
export function SelectionBar({
  keys,
  clear,
  children,
}: {
  readonly keys: readonly KeyFactsFragment[];
  clear(): void;
  readonly children?: ReactNode;
}) {
  const actions = useBulkActions();
  const changeable = useChangeable(keys);
  return (
    <section
      aria-label="Selection"
      hidden={keys.length === 0}
      className="sticky bottom-4 z-20 mx-auto mb-4 flex w-fit max-w-[calc(100%-2rem)] animate-slide-in flex-wrap items-center gap-2 rounded-xl border border-line bg-raised py-2 pr-2 pl-4 shadow-raised"
    >
      <span role="status" className="mr-2 font-medium tabular-nums">
        {keys.length.toLocaleString('en')} selected
      </span>
      {children}
      {actions.map(({ id, Action }) => (
        <Action key={id} keys={keys} changeable={changeable} done={clear} />
      ))}
      <Button look="quiet" size="small" onClick={clear}>
        Clear
      </Button>
    </section>
  );
}
