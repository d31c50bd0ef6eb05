import { SlidersHorizontal } from 'lucide-react';
import { Button } from '../../../design/primitives/button.tsx';
import {
  Menu,
  MenuChecks,
  MenuChoice,
  MenuItem,
  MenuLabel,
  MenuLine,
} from '../../../design/primitives/menu.tsx';
import { CHOSEN_COLUMNS, isDefault, type KeyDisplay } from './key-display.ts';
import { DISPLAY } from './texts.ts';

/** Chooses the columns and the density of the list of keys. */
export function DisplayMenu({
  display,
  left,
  onChange,
}: {
  readonly display: KeyDisplay;
  /** Ids of chosen columns for which there is no room. */
  readonly left: readonly string[];
  onChange(change: (before: KeyDisplay) => KeyDisplay | null): void;
}) {
  return (
    <Menu
      label={DISPLAY.menu}
      trigger={
        <Button look="quiet">
          <SlidersHorizontal size={16} aria-hidden="true" />
          <span className="max-sm:sr-only">{DISPLAY.button}</span>
        </Button>
      }
    >
      <MenuLabel>{DISPLAY.density}</MenuLabel>
      <MenuChoice
        label={DISPLAY.density}
        value={display.density}
        choices={DISPLAY.densities}
        onChange={(density) => onChange((before) => ({ ...before, density }))}
      />
      <MenuLine />
      <MenuLabel>{DISPLAY.columns}</MenuLabel>
      <MenuChecks
        label={DISPLAY.columns}
        checked={display.columns}
        choices={CHOSEN_COLUMNS.map(({ id, header }) => ({
          value: id,
          label: String(header),
          hint: left.includes(id) ? DISPLAY.noRoom : undefined,
        }))}
        onChange={(id, isChosen) =>
          onChange((before) => ({
            ...before,
            columns: isChosen ? [...before.columns, id] : before.columns.filter((column) => column !== id),
          }))
        }
      />
      {!isDefault(display) && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => onChange(() => null)}>{DISPLAY.reset}</MenuItem>
        </>
      )}
    </Menu>
  );
}
