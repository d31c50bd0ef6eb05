import type { ComponentType } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { RevokeSelection } from '../revoke/revoke-selection.tsx';

/** Something that can be done to several keys at once. */
export interface BulkAction {
  /** Without this permission it isn't offered. */
  readonly needs: string;
  /** Its button with what follows; `done` ends the selection. */
  readonly Action: ComponentType<{ readonly keys: readonly KeyFactsFragment[]; done(): void }>;
}

/** What the list of keys offers for a selection; where there is nothing, rows can't be selected. */
export const BULK_ACTIONS: readonly BulkAction[] = [{ needs: 'api.key.delete', Action: RevokeSelection }];
