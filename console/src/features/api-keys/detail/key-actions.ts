import { Ban, CirclePause, CirclePlay, type LucideIcon, Pencil, RefreshCw } from 'lucide-react';
import { type ComponentType, useCallback } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { missingOf } from '../../../viewer/permissions.ts';
import { EnableDialog } from '../form/edit/enable-dialog.tsx';
import { RevokeDialog } from '../revoke/revoke-dialog.tsx';

/** An action on one key: a button of its page, and an item of its menu in lists. */
export interface KeyAction {
  readonly id: string;
  /** Permission without which it isn't offered. */
  readonly needs: string;
  /** Whether it requires all of the key's permissions. */
  readonly takesAll: boolean;
  /** Whether it applies to the key in its current state. */
  fits(key: KeyFactsFragment): boolean;
  label(key: KeyFactsFragment): string;
  icon(key: KeyFactsFragment): LucideIcon;
  /** It can't be undone. */
  readonly danger?: boolean;
  readonly opens: KeyView | KeyQuestion;
}

/** The path of the view that performs an action, as in routes.tsx. */
interface KeyView {
  readonly view: `/keys/:keyId/${string}`;
}

/** The dialog that performs an action. */
interface KeyQuestion {
  readonly Dialog: ComponentType<{ readonly apiKey: KeyFactsFragment; onClose(): void }>;
}

/** Actions on a key, the least destructive first. */
const KEY_ACTIONS: readonly KeyAction[] = [
  {
    id: 'edit',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status !== 'REVOKED',
    label: () => 'Edit',
    icon: () => Pencil,
    opens: { view: '/keys/:keyId/edit' },
  },
  {
    id: 'enable',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status !== 'REVOKED',
    label: ({ status }) => (status === 'DISABLED' ? 'Enable' : 'Disable'),
    icon: ({ status }) => (status === 'DISABLED' ? CirclePlay : CirclePause),
    opens: { Dialog: EnableDialog },
  },
  {
    id: 'rotate',
    needs: 'api.key.update',
    takesAll: true,
    fits: ({ status }) => status === 'ACTIVE' || status === 'DISABLED',
    label: () => 'Rotate',
    icon: () => RefreshCw,
    opens: { view: '/keys/:keyId/rotate' },
  },
  {
    id: 'revoke',
    needs: 'api.key.delete',
    takesAll: false,
    fits: ({ status }) => status !== 'REVOKED',
    label: () => 'Revoke',
    icon: () => Ban,
    danger: true,
    opens: { Dialog: RevokeDialog },
  },
];

/** The actions on a key that the viewer is permitted to perform, and that apply to it. */
export function useKeyActions(): (key: KeyFactsFragment) => readonly KeyAction[] {
  const { permissions } = useOrganization();
  const can = useCan();
  const opensView = useOpens();
  return useCallback(
    (key) => {
      const isBeyond = missingOf(permissions, key.permissions).length > 0;
      return KEY_ACTIONS.filter(
        ({ needs, takesAll, fits, opens }) =>
          can(needs) && fits(key) && !(takesAll && isBeyond) && (!('view' in opens) || opensView(opens.view)),
      );
    },
    [permissions, can, opensView],
  );
}

/** The address of a view of this key. */
export function keyAddress({ view }: KeyView, { id }: Pick<KeyFactsFragment, 'id'>): string {
  return view.replace(':keyId', id);
}
