import { useSyncExternalStore } from 'react';

/** What opens above the console from anywhere in it. */
export type Command = 'palette' | 'shortcuts';

let opened: Command | null = null;
const listeners = new Set<() => void>();

/** Opens the command palette or the list of shortcuts; null closes it. */
export function openCommand(command: Command | null): void {
  opened = command;
  for (const changed of listeners) changed();
}

/** What is open. */
export function useOpenedCommand(): Command | null {
  return useSyncExternalStore(watch, () => opened);
}

/** Whether shortcuts use ⌘ here, as on a Mac, instead of Ctrl. */
export const HAS_COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.platform);

function watch(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
