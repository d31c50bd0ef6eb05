import { type ComponentType, useMemo } from 'react';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { missingOf } from '../../../viewer/permissions.ts';
import { RevokeSelection } from '../revoke/revoke-selection.tsx';
import type { BulkProps } from './bulk-props.ts';
import { DisableSelection, EnableSelection } from './enable-selection.tsx';
import { ExportSelection } from './export-selection.tsx';

/** An action on several keys. */
interface BulkAction {
  readonly id: string;
  /** Permission without which it isn't offered. */
  readonly needs: string;
  /** Its button and dialogs. */
  readonly Action: ComponentType<BulkProps>;
}

const BULK_ACTIONS: readonly BulkAction[] = [
  { id: 'export', needs: 'api.key.view', Action: ExportSelection },
  { id: 'enable', needs: 'api.key.update', Action: EnableSelection },
  { id: 'disable', needs: 'api.key.update', Action: DisableSelection },
  { id: 'revoke', needs: 'api.key.delete', Action: RevokeSelection },
];

/** The actions on selected keys that the viewer is permitted to perform. Without any, rows can't be selected. */
export function useBulkActions(): readonly BulkAction[] {
  const can = useCan();
  return useMemo(() => BULK_ACTIONS.filter(({ needs }) => can(needs)), [can]);
}

/** Those of the keys that the viewer may change. */
export function useChangeable(keys: readonly KeyFactsFragment[]): readonly KeyFactsFragment[] {
  const { permissions } = useOrganization();
  return keys.filter((key) => missingOf(permissions, key.permissions).length === 0);
}
