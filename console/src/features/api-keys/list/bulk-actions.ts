import type { ComponentType } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { RevokeSelection } from '../revoke/revoke-selection.tsx';

/** An action on several keys. */
export interface BulkAction {
  /** Permission without which it isn't offered. */
  readonly needs: string;
  /** Its button and dialogs. `done` clears the selection. */
  readonly Action: ComponentType<{ readonly keys: readonly KeyFactsFragment[]; done(): void }>;
}

/** Actions for selected keys. Without any, rows can't be selected. */
export const BULK_ACTIONS: readonly BulkAction[] = [{ needs: 'api.key.delete', Action: RevokeSelection }];
