/** Calls back whenever the page becomes visible again, until the returned function is called. */
export function onVisible(becameVisible: () => void): () => void {
  const check = () => document.visibilityState === 'visible' && becameVisible();
  document.addEventListener('visibilitychange', check);
  return () => document.removeEventListener('visibilitychange', check);
}
