import type { Density } from '../../../design/patterns/table.tsx';
import { usePreference } from '../../../viewer/preferences.ts';
import { KEY_COLUMNS } from './key-columns.tsx';

/** How a person sees the list of keys. */
export interface KeyDisplay {
  /** Ids of the columns besides the name, in any order. */
  readonly columns: readonly string[];
  readonly density: Density;
}

/** Columns that a person can choose: all but the name. */
export const CHOSEN_COLUMNS = KEY_COLUMNS.slice(1);

/** Columns that are shown only if somebody chooses them. */
const UNUSUAL = ['last-ip', 'rotation-due', 'updated', 'id'];

const DEFAULT: KeyDisplay = {
  columns: CHOSEN_COLUMNS.map(({ id }) => id).filter((id) => !UNUSUAL.includes(id)),
  density: 'comfortable',
};

/** The display that the viewer has chosen in this browser, and its setter; null restores the default. */
export function useKeyDisplay() {
  return usePreference('key-list', readDisplay);
}

/** Whether it is the default. */
export function isDefault({ columns, density }: KeyDisplay): boolean {
  return density === DEFAULT.density && [...columns].sort().join() === [...DEFAULT.columns].sort().join();
}

function readDisplay(stored: unknown): KeyDisplay {
  if (typeof stored !== 'object' || stored === null) return DEFAULT;
  const { columns, density } = stored as Partial<Record<keyof KeyDisplay, unknown>>;
  return {
    columns: Array.isArray(columns)
      ? CHOSEN_COLUMNS.map(({ id }) => id).filter((id) => columns.includes(id))
      : DEFAULT.columns,
    density: density === 'compact' ? 'compact' : 'comfortable',
  };
}
