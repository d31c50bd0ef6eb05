import type { KeyFactsFragment } from '../../../generated/graphql.ts';

/** What a bulk action's button gets. */
export interface BulkProps {
  /** The selected keys. */
  readonly keys: readonly KeyFactsFragment[];
  /** Those of them that the viewer may change: none has permissions beyond the viewer's. */
  readonly changeable: readonly KeyFactsFragment[];
  /** Clears the selection. */
  done(): void;
}
