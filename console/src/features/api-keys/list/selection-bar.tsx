import { Button } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useBulkActions, useChangeable } from './bulk-actions.ts';

/** Actions for the selected keys. Hidden without a selection. */
export function SelectionBar({ keys, clear }: { readonly keys: readonly KeyFactsFragment[]; clear(): void }) {
  const actions = useBulkActions();
  const changeable = useChangeable(keys);
  if (keys.length === 0) return null;
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-4 z-20 mx-auto mb-4 flex w-fit max-w-[calc(100%-2rem)] animate-slide-in flex-wrap items-center gap-2 rounded-xl border border-line bg-raised py-2 pr-2 pl-4 shadow-raised"
    >
      <span role="status" className="mr-2 font-medium tabular-nums">
        {keys.length.toLocaleString('en')} selected
      </span>
      {actions.map(({ id, Action }) => (
        <Action key={id} keys={keys} changeable={changeable} done={clear} />
      ))}
      <Button look="quiet" size="small" onClick={clear}>
        Clear
      </Button>
    </section>
  );
}
