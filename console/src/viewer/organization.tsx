import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { Provider } from 'urql';
import { ask } from '../api/ask.ts';
import { createOrganizationClient, type OrganizationClient } from '../api/client.ts';
import { onVisible } from '../api/visible.ts';
import { PermissionsDocument } from '../generated/graphql.ts';
import { Connection, type LiveState } from '../live/connection.ts';
import { KeyEvents } from '../live/key-events.ts';
import { covers, missingOf } from './permissions.ts';
import { useSession, type ViewerOrganization } from './session.tsx';

/** The current organization and state shared by its views. */
export interface OpenOrganization extends ViewerOrganization {
  /** The viewer's permissions here, wildcards unexpanded. */
  readonly permissions: readonly string[];
  /** Refetches them, for example after the viewer's role was changed. */
  refreshPermissions(): void;
  readonly api: OrganizationClient;
  readonly connection: Connection;
  readonly events: KeyEvents;
}

/** Lost permissions are pushed immediately; gained ones require a refetch. */
const RECHECK_MS = 10_000;

const OrganizationContext = createContext<OpenOrganization | null>(null);

/** The open organization. Requires OrganizationProvider. */
export function useOrganization(): OpenOrganization {
  const organization = use(OrganizationContext);
  if (!organization) throw new Error('There is no OrganizationProvider above');
  return organization;
}

/** Whether the viewer has this permission here. Actions without it are hidden. */
export function useCan(): (permission: string) => boolean {
  const { permissions } = useOrganization();
  return useCallback((permission) => covers(permissions, permission), [permissions]);
}

/** Permissions that the viewer lacks, so that the holder can't be changed by the viewer. */
export function useBeyond({ permissions }: { readonly permissions: readonly string[] }): readonly string[] {
  const { permissions: held } = useOrganization();
  return missingOf(held, permissions);
}

/** State of live updates. */
export function useLiveState(): LiveState {
  const { connection } = useOrganization();
  return useSyncExternalStore(connection.watch, () => connection.state);
}

/** Whether the server can't be reached at the moment, as far as the page knows. */
export function useOffline(): boolean {
  return useLiveState() === 'reconnecting';
}

/** Opens an organization: its permissions, client, cache and live connection. Key it by the organization's id. */
export function OrganizationProvider({
  organization,
  waiting,
  children,
}: {
  readonly organization: ViewerOrganization;
  /** Shown until the permissions are known. */
  readonly waiting: ReactNode;
  readonly children: ReactNode;
}) {
  const { id, name, slug } = organization;
  const { signedOut } = useSession();
  const { permissions, refresh } = usePermissions(id);
  const parts = useParts(id, { signedOut, forbidden: refresh });
  useSecondSession(() => {
    void refresh();
    parts?.connection.resume();
    parts?.api.reload();
  });
  const isKnown = permissions !== null;
  const mayListen = isKnown && covers(permissions, 'api.key.view');
  useEffect(() => {
    if (parts && mayListen) return parts.events.start();
  }, [parts, mayListen]);
  const open = useMemo(
    () => parts && permissions && { id, name, slug, permissions, refreshPermissions: refresh, ...parts },
    [id, name, slug, permissions, refresh, parts],
  );
  if (!open) return waiting;
  return (
    <OrganizationContext value={open}>
      <Provider value={open.api.client}>{children}</Provider>
    </OrganizationContext>
  );
}

interface Parts {
  readonly api: OrganizationClient;
  readonly connection: Connection;
  readonly events: KeyEvents;
}

function useParts(
  organizationId: string,
  { signedOut, forbidden }: { signedOut(): void; forbidden(): void },
): Parts | null {
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => {
    const address = `${location.origin.replace(/^http/, 'ws')}/graphql`;
    const connection = new Connection(address, signedOut);
    const api = createOrganizationClient(connection, { signedOut, forbidden });
    const events = new KeyEvents({ organizationId, api, connection, forbidden });
    const stopListening = connection.listen({ opened: () => {}, settled: api.retry });
    setParts({ api, connection, events });
    void connection.start();
    return () => {
      stopListening();
      connection.stop();
    };
  }, [organizationId, signedOut, forbidden]);
  return parts;
}

/** Calls back when the viewer has signed in again, after a session that ended while the views were kept. */
function useSecondSession(resume: () => void): void {
  const isSignedIn = useSession().state.kind === 'signed-in';
  const wasSignedIn = useRef(isSignedIn);
  useEffect(() => {
    const isBack = isSignedIn && !wasSignedIn.current;
    wasSignedIn.current = isSignedIn;
    if (isBack) resume();
  });
}

function usePermissions(organizationId: string) {
  const { signedOut } = useSession();
  const [permissions, setPermissions] = useState<readonly string[] | null>(null);
  const refresh = useCallback(async () => {
    try {
      const { viewer } = await ask(PermissionsDocument, { organizationId });
      setPermissions((before) => (isSame(before, viewer.permissions) ? before : viewer.permissions));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'UNAUTHENTICATED') signedOut();
      else setPermissions((before) => before ?? []);
    }
  }, [organizationId, signedOut]);
  useEffect(() => {
    void refresh();
    // The viewer's role may have changed in the meantime.
    const stopWatching = onVisible(refresh);
    const timer = setInterval(() => document.visibilityState === 'visible' && void refresh(), RECHECK_MS);
    return () => {
      clearInterval(timer);
      stopWatching();
    };
  }, [refresh]);
  return { permissions, refresh };
}

function isSame(one: readonly string[] | null, other: readonly string[]): boolean {
  return one?.length === other.length && one.every((permission, index) => permission === other[index]);
}
