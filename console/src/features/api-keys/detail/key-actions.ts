import type { ComponentType } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { EditAction } from '../form/edit/edit-action.tsx';
import { EnableAction } from '../form/edit/enable-action.tsx';
import { RevokeAction } from '../revoke/revoke-action.tsx';
import { RotateAction } from '../rotate/rotate-action.tsx';

/** An action on one key. */
export interface KeyAction {
  readonly id: string;
  /** Permission without which it isn't offered. */
  readonly needs: string;
  /** Whether it requires all of the key's permissions. */
  readonly takesAll: boolean;
  /** Whether it applies to the key in its current state. */
  fits(key: KeyFactsFragment): boolean;
  /** Its button and dialogs. */
  readonly Action: ComponentType<{ readonly apiKey: KeyFactsFragment }>;
}

/** Actions of a key's page, the least destructive first. */
export const KEY_ACTIONS: readonly KeyAction[] = [
  {
    id: 'edit',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status !== 'REVOKED',
    Action: EditAction,
  },
  {
    id: 'enable',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status !== 'REVOKED',
    Action: EnableAction,
  },
  {
    id: 'rotate',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status === 'ACTIVE' || status === 'DISABLED',
    Action: RotateAction,
  },
  {
    id: 'revoke',
    needs: 'api.key.delete',
    takesAll: false,
    // Its result stays after the revocation; its button doesn't.
    fits: () => true,
    Action: RevokeAction,
  },
];
