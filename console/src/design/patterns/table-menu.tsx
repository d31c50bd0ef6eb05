import { MoreHorizontal } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { IconButton } from '../primitives/button.tsx';
import { MenuAt, type MenuPlace } from '../primitives/menu.tsx';
import { hasSelection } from './table-clicks.ts';

/** What closes a row's menu first, and gives the focus back to its button, before it runs. */
export type AfterMenu = (run: () => void) => void;

/** The actions on a row, behind a button at its end and at a right click. */
export interface RowMenu<Row> {
  /** The menu's items. What opens a dialog runs after the menu has closed, so that the focus returns to the row. */
  items(row: Row, after: AfterMenu): ReactNode;
}

interface Opened {
  readonly id: string;
  readonly place: MenuPlace;
}

/** The button of a row's menu. */
export function RowMenuButton({ name, isOpen }: { readonly name: string; readonly isOpen: boolean }) {
  return (
    <IconButton
      label={`Actions for ${name}`}
      data-row-menu=""
      aria-haspopup="menu"
      aria-expanded={isOpen}
      className="group-data-[density=compact]/table:h-8 aria-expanded:bg-hover aria-expanded:text-text @max-2xl:w-8 pointer-coarse:size-10 pointer-coarse:@max-2xl:w-10"
    >
      <MoreHorizontal size={16} aria-hidden="true" />
    </IconButton>
  );
}

/** The menu of a table's rows: one for all, because rows come and go while scrolling. */
export function useRowMenu<Row extends { readonly id: string }>(
  menu: RowMenu<Row> | undefined,
  { rows, nameOf }: { readonly rows: readonly Row[]; nameOf(row: Row): string },
) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const pressed = useRef<string | null>(null);
  const last = useRef<string | null>(null);
  const pending = useRef<(() => void) | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const after = useCallback<AfterMenu>((run) => {
    pending.current = run;
  }, []);
  const open = (row: HTMLElement, at: { left: number; top: number; width: number; height: number }) => {
    const { left, top } = frame.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const { width, height } = at;
    last.current = row.dataset.row ?? null;
    setOpened({
      id: row.dataset.row ?? '',
      place: { left: at.left - left, top: at.top - top, width, height },
    });
  };
  const handlers = {
    // A click on the button of the open menu closes it: the press has done so already.
    onPointerDown: ({ target }: MouseEvent) => {
      pressed.current = buttonAt(target) && opened ? opened.id : null;
    },
    onClick: ({ target }: MouseEvent) => {
      const [row, button] = [rowAt(target), buttonAt(target)];
      if (row && button && pressed.current !== row.dataset.row) open(row, button.getBoundingClientRect());
      pressed.current = null;
    },
    onKeyDown: (event: KeyboardEvent) => {
      const [row, button] = [rowAt(event.target), buttonAt(event.target)];
      if (!row || !button || !/^Arrow(?:Up|Down)$/.test(event.key)) return;
      event.preventDefault();
      open(row, button.getBoundingClientRect());
    },
    // With Shift, or on selected text, the browser's own menu opens.
    onContextMenu: (event: MouseEvent) => {
      const row = rowAt(event.target);
      if (!menu || !row || event.shiftKey || event.target instanceof HTMLInputElement || hasSelection(row))
        return;
      event.preventDefault();
      const button = row.querySelector('[data-row-menu]');
      // The key for menus, and a long touch, have no place of their own.
      if (event.button !== 2 && button) open(row, button.getBoundingClientRect());
      else open(row, { left: event.clientX, top: event.clientY, width: 0, height: 0 });
    },
  };
  useEffect(() => {
    if (!opened) return;
    const width = window.innerWidth;
    // Its row is elsewhere then.
    const check = () => window.innerWidth !== width && setOpened(null);
    window.addEventListener('resize', check);
    return () => window.removeEventListener('resize', check);
  }, [opened]);
  const closed = () => {
    const { activeElement } = document;
    const run = pending.current;
    pending.current = null;
    // What was clicked to close the menu keeps the focus.
    if (run || !activeElement || activeElement === document.body) focusRowMenu(last.current ?? '');
    run?.();
  };
  const row = opened && rows.find(({ id }) => id === opened.id);
  return {
    frame,
    openId: row ? opened.id : null,
    handlers,
    menu: menu && (
      <MenuAt
        place={row ? opened.place : null}
        label={row ? `Actions for ${nameOf(row)}` : ''}
        onClose={() => setOpened(null)}
        onClosed={closed}
      >
        {row && menu.items(row, after)}
      </MenuAt>
    ),
  };
}

/** Gives the focus to the button of a row's menu, for example after a dialog that was opened from the menu. */
export function focusRowMenu(id: string): void {
  document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] [data-row-menu]`)?.focus();
}

function rowAt(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
}

function buttonAt(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-row-menu]') : null;
}
