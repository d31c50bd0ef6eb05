import { useEffect } from 'react';

let title = 'Keywright';
let state: string | null = null;

/** Sets the title of the document while the component is shown. */
export function useDocumentTitle(words: string): void {
  useEffect(() => {
    title = `${words} · Keywright`;
    show();
  }, [words]);
}

/** Puts a state in front of every title and into the icon of the tab, where it is seen in the background. Null: none. */
export function useDocumentState(words: string | null): void {
  useEffect(() => {
    state = words;
    show();
    return () => {
      state = null;
      show();
    };
  }, [words]);
}

function show(): void {
  document.title = state ? `${state} · ${title}` : title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const path = state ? '/favicon-away.svg' : '/favicon.svg';
  // A new address makes the browser load it, even if it is the same.
  if (icon && icon.getAttribute('href') !== path) icon.setAttribute('href', path);
}
