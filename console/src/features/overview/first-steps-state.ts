import { useCallback, useState } from 'react';

const STORED_AS = 'keywright-first-steps';

/** What the viewer has said about the first steps of an organization, in this browser. */
interface Answers {
  /** The checklist is not wanted. */
  readonly dismissed?: boolean;
  /** An API is protected by a gateway, which the server can't know. */
  readonly isProtected?: boolean;
}

/** The viewer's answers, and a function that changes them. */
export function useAnswers(organizationId: string): readonly [Answers, (changes: Answers) => void] {
  const [answers, setAnswers] = useState(() => read()[organizationId] ?? {});
  const change = useCallback(
    (changes: Answers) =>
      setAnswers((before) => {
        const after = { ...before, ...changes };
        try {
          localStorage.setItem(STORED_AS, JSON.stringify({ ...read(), [organizationId]: after }));
        } catch {
          // Without storage, it applies until the page is closed.
        }
        return after;
      }),
    [organizationId],
  );
  return [answers, change];
}

function read(): Readonly<Record<string, Answers>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}');
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, Answers>) : {};
  } catch {
    return {};
  }
}
