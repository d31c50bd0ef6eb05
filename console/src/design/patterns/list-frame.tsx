import type { ReactNode } from 'react';
import type { ShownList } from '../../api/use-list.ts';
import { Button } from '../primitives/button.tsx';
import { LoadFault, SkeletonRows } from './page.tsx';

/** A list with its error, its placeholders while it loads, and the button for the next page. */
export function ListFrame({
  list,
  placeholders,
  empty,
  children,
}: {
  readonly list: Pick<ShownList<unknown>, 'rows' | 'hasMore' | 'loading' | 'error' | 'loadMore' | 'reload'>;
  readonly placeholders?: number;
  /** Shown when the list has no rows. */
  readonly empty?: ReactNode;
  /** The rows; shown when there are any. */
  readonly children: ReactNode;
}) {
  const { rows, hasMore, loading, error, loadMore, reload } = list;
  return (
    <>
      {error && <LoadFault message={error.message} retry={reload} />}
      {rows.length > 0 && children}
      {rows.length === 0 && !error && (loading ? <SkeletonRows count={placeholders} /> : empty)}
      {hasMore && (
        <div className="flex justify-center border-t border-line p-3">
          <Button busy={loading} onClick={loadMore}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}
