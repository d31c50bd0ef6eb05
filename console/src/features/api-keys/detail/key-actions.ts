import type { ComponentType } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { EditAction } from '../form/edit/edit-action.tsx';
import { EnableAction } from '../form/edit/enable-action.tsx';
import { RevokeAction } from '../revoke/revoke-action.tsx';
import { RotateAction } from '../rotate/rotate-action.tsx';

/** Something that can be done to one key. */
export interface KeyAction {
  readonly id: string;
  /** Without this permission it isn't offered. */
  readonly needs: string;
  /** Whether it takes all that the key holds besides. */
  readonly takesAll: boolean;
  /** Whether it can be done to this key as it is. */
  fits(key: KeyFactsFragment): boolean;
  /** Its button with what follows. */
  readonly Action: ComponentType<{ readonly apiKey: KeyFactsFragment }>;
}

/** What the page of a key offers, the most harmless first. */
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
    // What it shows after the revocation stays; its button doesn't.
    fits: () => true,
    Action: RevokeAction,
  },
];
