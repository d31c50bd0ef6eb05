import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useViewer } from './session.tsx';

/** Longer texts are not what the console has written, UTF-16 units. */
const STORED_MAX = 50_000;

/** Texts by name in the storage, also where the browser stores nothing: then they last until the page is closed. */
const texts = new Map<string, string | null>();
/** Names whose latest text the browser didn't store. */
const unstored = new Set<string>();
const listeners = new Set<() => void>();

/**
 * A setting of the signed-in person in this browser, and its setter. Other tabs follow. `read` turns whatever is stored
 * (undefined: nothing, or garbage) into a valid value, and must be the same function each time. The setter gets the
 * latest value, which another tab may have changed; null restores the default.
 */
export function usePreference<Value>(
  name: string,
  read: (stored: unknown) => Value,
): [Value, (change: (before: Value) => Value | null) => void] {
  const storedAs = `keywright-${name}-${useViewer().id}`;
  const text = useSyncExternalStore(watch, () => textOf(storedAs));
  const value = useMemo(() => read(parsedOf(text)), [read, text]);
  const set = useCallback(
    (change: (before: Value) => Value | null) => {
      if (!unstored.has(storedAs)) texts.delete(storedAs);
      const after = change(read(parsedOf(textOf(storedAs))));
      write(storedAs, after === null ? null : JSON.stringify(after));
    },
    [storedAs, read],
  );
  return [value, set];
}

function textOf(storedAs: string): string | null {
  const known = texts.get(storedAs);
  if (known !== undefined) return known;
  const stored = readStored(storedAs);
  texts.set(storedAs, stored);
  return stored;
}

function readStored(storedAs: string): string | null {
  try {
    return localStorage.getItem(storedAs);
  } catch {
    unstored.add(storedAs);
    return null;
  }
}

function write(storedAs: string, text: string | null): void {
  texts.set(storedAs, text);
  try {
    if (text === null) localStorage.removeItem(storedAs);
    else localStorage.setItem(storedAs, text);
    unstored.delete(storedAs);
  } catch {
    unstored.add(storedAs);
    // Storage is full or not available: it applies until the page is closed.
  }
  for (const changed of listeners) changed();
}

function parsedOf(text: string | null): unknown {
  if (text === null || text.length > STORED_MAX) return undefined;
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function watch(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', onStored);
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) window.removeEventListener('storage', onStored);
  };
}

/** Another tab has changed one of them, or all (null). */
function onStored({ key }: StorageEvent): void {
  if (key === null) texts.clear();
  else texts.delete(key);
  unstored.clear();
  for (const changed of listeners) changed();
}
