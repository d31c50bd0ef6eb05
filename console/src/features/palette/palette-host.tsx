import { lazy, Suspense, useEffect } from 'react';
import { HAS_COMMAND_KEY, openCommand, useOpenedCommand } from '../../shell/commands.ts';
import { useSession } from '../../viewer/session.tsx';

const CommandPalette = lazy(async () => ({
  default: (await import('./command-palette.tsx')).CommandPalette,
}));
const Shortcuts = lazy(async () => ({ default: (await import('./shortcuts.tsx')).Shortcuts }));

/** Listens for the keys that work everywhere, and shows what they open. It is loaded when it is first opened. */
export function PaletteHost() {
  const opened = useOpenedCommand();
  // Unsaved work outlives its session behind the page that signs in.
  const isSignedIn = useSession().state.kind === 'signed-in';
  useEffect(() => {
    if (!isSignedIn) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      openCommand(null);
    };
  }, [isSignedIn]);
  const close = () => openCommand(null);
  return (
    <Suspense>
      {opened === 'palette' && <CommandPalette onClose={close} />}
      {opened === 'shortcuts' && <Shortcuts onClose={close} />}
    </Suspense>
  );
}

const OVERLAYS = '[role=dialog], [role=alertdialog], [role=menu]';

/** What a key does: nothing where it would write a letter, or behind a dialog or menu. */
function actionOf(event: KeyboardEvent): (() => void) | null {
  if (document.querySelector(OVERLAYS)) return null;
  const { key, altKey, ctrlKey, metaKey, target } = event;
  const hasModifier = HAS_COMMAND_KEY ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (key.toLowerCase() === 'k' && hasModifier && !altKey && !event.shiftKey)
    return () => openCommand('palette');
  const isWriting =
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
  if (isWriting || altKey || ctrlKey || metaKey) return null;
  if (key === '?') return () => openCommand('shortcuts');
  const search = document.querySelector<HTMLInputElement>('main input[type=search]');
  return key === '/' && search ? () => search.focus() : null;
}
