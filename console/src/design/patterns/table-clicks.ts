import type { MouseEvent } from 'react';

/** Attribute of the link that a click anywhere in its row follows. */
export const ROW_LINK = { 'data-row-link': '' } as const;

const CONTROLS = 'a, button, input, select, textarea, label, summary, [role=menuitem]';

/** Handlers of a table's body that make whole rows as clickable as the links in them. */
export const ROW_CLICKS = {
  onClick: follow,
  onAuxClick: follow,
  // The middle button would start scrolling.
  onMouseDown: (event: MouseEvent<HTMLElement>) =>
    event.button === 1 && linkOf(event) && event.preventDefault(),
};

/** Clicks on the row's link with the same keys and button, so that the browser does what it does for links. */
function follow(event: MouseEvent<HTMLElement>): void {
  if (event.button > 1 || event.defaultPrevented) return;
  const link = linkOf(event);
  if (!link) return;
  const { metaKey, ctrlKey, shiftKey, altKey } = event;
  const isMiddle = event.button === 1;
  link.dispatchEvent(
    new MouseEvent('click', {
      bubbles: true,
      cancelable: true,
      view: window,
      // Browsers ignore simulated clicks with the middle button. These keys have the same meaning.
      ctrlKey: ctrlKey || isMiddle,
      metaKey: metaKey || isMiddle,
      shiftKey,
      altKey,
    }),
  );
}

/** The link that a click follows: none on controls, or at the end of selecting text. */
function linkOf({ target, currentTarget }: MouseEvent<HTMLElement>): HTMLElement | null {
  if (!(target instanceof Element) || !currentTarget.contains(target) || target.closest(CONTROLS))
    return null;
  const row = target.closest<HTMLElement>('[data-row]');
  return row && !hasSelection(row) ? row.querySelector<HTMLElement>('[data-row-link]') : null;
}

/** Whether text in the row is selected. */
export function hasSelection(row: Element): boolean {
  const selection = getSelection();
  return selection?.type === 'Range' && selection.toString() !== '' && selection.containsNode(row, true);
}
