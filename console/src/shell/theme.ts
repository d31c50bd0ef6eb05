import { useSyncExternalStore } from 'react';

/** The theme. `system`: follows the system's setting. */
export type Theme = 'system' | 'light' | 'dark';

const STORED_AS = 'keywright-theme';
const listeners = new Set<() => void>();
let theme: Theme = readTheme();

/** Applies the saved theme. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset.theme;
  else dataset.theme = theme;
}

/** The theme and its setter, stored in this browser. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(watch, () => theme), choose];
}

function choose(chosen: Theme): void {
  theme = chosen;
  try {
    localStorage.setItem(STORED_AS, chosen);
  } catch {
    // Without storage, it applies until the page is closed.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

function watch(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}
