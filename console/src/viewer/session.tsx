import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { ask, RequestError } from '../api/ask.ts';
import { messageOf } from '../api/fault.ts';
import { onVisible } from '../api/visible.ts';
import { SessionDocument, type SessionQuery, SignOutDocument } from '../generated/graphql.ts';

/** An organization that the viewer belongs to. */
export interface ViewerOrganization {
  readonly id: string;
  readonly name: string;
  /** Its name in URLs. */
  readonly slug: string;
}

/** The signed-in user. */
export interface Viewer {
  readonly id: string;
  readonly email: string;
  /** The user's name, or the e-mail address if it is unknown. */
  readonly name: string;
  readonly organizations: readonly ViewerOrganization[];
}

/** State of the sign-in. */
export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'signed-in'; readonly viewer: Viewer }
  /** `ended`: the session of this viewer ended while it was in use. */
  | { readonly kind: 'signed-out'; readonly ended: Viewer | null }
  | { readonly kind: 'unreachable'; readonly message: string };

interface Session {
  readonly state: SessionState;
  /** Refetches the signed-in user. */
  refresh(): Promise<void>;
  /** Continues if somebody has signed in again, for example in another tab. Otherwise nothing changes. */
  resume(): Promise<void>;
  /** Records that the session has ended. */
  signedOut(): void;
  /** Signs out. Rejects with RequestError if the server doesn't respond. */
  signOut(): Promise<void>;
}

/** Tells the other tabs of this browser that somebody has signed in. */
const SIGNED_IN = 'keywright-signed-in';

const SessionContext = createContext<Session | null>(null);

/** The session. Requires SessionProvider. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('There is no SessionProvider above');
  return session;
}

/** The viewer, within content for signed-in users only. */
export function useViewer(): Viewer {
  const { state } = useSession();
  const viewer = viewerOf(state);
  if (!viewer) throw new Error('No user is signed in');
  return viewer;
}

/** The signed-in user, or the one whose session has just ended. */
export function viewerOf(state: SessionState): Viewer | null {
  if (state.kind === 'signed-in') return state.viewer;
  return state.kind === 'signed-out' ? state.ended : null;
}

/** Determines who is signed in. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: 'loading' });
  const refresh = useCallback(async () => {
    const read = await readSession();
    // A view must not be lost because the server restarts.
    setState((before) => (read.kind === 'unreachable' && before.kind === 'signed-in' ? before : read));
  }, []);
  const resume = useCallback(async () => {
    const read = await readSession();
    if (read.kind === 'signed-in') setState(read);
  }, []);
  const signedOut = useCallback(
    () =>
      setState((before) =>
        before.kind === 'signed-out' ? before : { kind: 'signed-out', ended: viewerOf(before) },
      ),
    [],
  );
  const signOut = useCallback(async () => {
    try {
      await ask(SignOutDocument, {});
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
    }
    setState({ kind: 'signed-out', ended: null });
  }, []);
  useEffect(() => void refresh(), [refresh]);
  const isSignedIn = state.kind === 'signed-in';
  useEffect(() => {
    const tabs = new BroadcastChannel(SIGNED_IN);
    if (isSignedIn) tabs.postMessage(null);
    else tabs.onmessage = () => void resume();
    const stopWatching = isSignedIn ? () => {} : onVisible(resume);
    return () => {
      tabs.close();
      stopWatching();
    };
  }, [isSignedIn, resume]);
  const session = useMemo(
    () => ({ state, refresh, resume, signedOut, signOut }),
    [state, refresh, resume, signedOut, signOut],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

async function readSession(): Promise<SessionState> {
  try {
    const { viewer } = await ask(SessionDocument, { after: null });
    const { actor } = viewer;
    if (!('email' in actor)) return { kind: 'signed-out', ended: null };
    const { id, email, displayName: name } = actor;
    const organizations = await allOf(viewer.organizations);
    return { kind: 'signed-in', viewer: { id, email, name, organizations } };
  } catch (error) {
    if (isUnauthenticated(error)) return { kind: 'signed-out', ended: null };
    return { kind: 'unreachable', message: messageOf(error) };
  }
}

type Organizations = SessionQuery['viewer']['organizations'];

/** All organizations, regardless of which page is requested first. */
async function allOf({ nodes, pageInfo }: Organizations): Promise<readonly ViewerOrganization[]> {
  if (!pageInfo.hasNextPage) return nodes;
  const { viewer } = await ask(SessionDocument, { after: pageInfo.endCursor });
  return [...nodes, ...(await allOf(viewer.organizations))];
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'UNAUTHENTICATED';
}
