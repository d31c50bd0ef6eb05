import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type BaseLocationHook, Router } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';
import { AlertDialog } from '../primitives/dialog.tsx';
import { Departures, type LeaveQuestion } from './departures.ts';

export type { LeaveQuestion } from './departures.ts';

const DeparturesContext = createContext<Departures>(new Departures());

/** Asks before a view is left that would lose something: by a link, by the history, or by closing the page. */
export function LeaveGuard({ children }: { readonly children: ReactNode }) {
  const [departures] = useState(() => new Departures());
  const [hook] = useState(() => locationHook(departures));
  const pending = useSyncExternalStore(departures.watch, () => departures.pending);
  useEffect(() => departures.listen(), [departures]);
  return (
    <DeparturesContext value={departures}>
      <Router hook={hook} aroundNav={departures.around}>
        {children}
      </Router>
      {pending && (
        <AlertDialog
          title={pending.question.title}
          description={pending.question.text}
          cancel={pending.question.stay}
          confirm={{ label: pending.question.leave, run: () => departures.leave() }}
          onClose={() => departures.stay()}
        />
      )}
    </DeparturesContext>
  );
}

/** Asks this question before the view is left. Null: nothing would be lost. The returned function withdraws it at once. */
export function useLeaveGuard(question: LeaveQuestion | null): () => void {
  const departures = use(DeparturesContext);
  const withdraw = useRef(() => {});
  useEffect(() => {
    if (!question) return;
    withdraw.current = departures.guard(question);
    return withdraw.current;
  }, [departures, question]);
  return useCallback(() => withdraw.current(), []);
}

/** Does something that would leave the view, such as signing out, after the question if there is one. */
export function useLeave(): (go: () => void) => void {
  return use(DeparturesContext).ask;
}

/** Withdraws all questions at once, when what was being edited no longer exists. */
export function useAbandon(): () => void {
  const departures = use(DeparturesContext);
  return useCallback(() => departures.leave(), [departures]);
}

/** Whether leaving would lose something. */
export function useIsGuarded(): boolean {
  const departures = use(DeparturesContext);
  return useSyncExternalStore(departures.watch, () => departures.isGuarded);
}

/** The browser's location, except while a step in the history is undone: the view must not change in between. */
function locationHook(departures: Departures): BaseLocationHook {
  return (router) => {
    const [path, navigate] = useBrowserLocation(router as Parameters<typeof useBrowserLocation>[0]);
    return [departures.heldPath ?? path, navigate];
  };
}
