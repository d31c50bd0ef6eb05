import { Redirect, Route, Switch, useLocation } from 'wouter';
import { LeaveGuard, useIsGuarded } from './design/patterns/leave-guard.tsx';
import { ToastProvider } from './design/patterns/toasts.tsx';
import { TooltipProvider } from './design/primitives/tooltip.tsx';
import { PaletteHost } from './features/palette/palette-host.tsx';
import { SignedOut } from './features/sign-in/signed-out.tsx';
import { ROUTES } from './routes.tsx';
import { lastOrganization, saveLastOrganization } from './shell/last-organization.ts';
import { Message, Splash } from './shell/message.tsx';
import { Shell } from './shell/shell.tsx';
import { ViewsContext } from './shell/views.tsx';
import { OrganizationProvider } from './viewer/organization.tsx';
import { SessionProvider, useSession, type Viewer, viewerOf } from './viewer/session.tsx';

/** The console. */
export function App() {
  return (
    <SessionProvider>
      <ToastProvider>
        <TooltipProvider>
          <LeaveGuard>
            <ViewsContext value={ROUTES}>
              <Gate />
            </ViewsContext>
          </LeaveGuard>
        </TooltipProvider>
      </ToastProvider>
    </SessionProvider>
  );
}

function Gate() {
  const { state, refresh } = useSession();
  const isGuarded = useIsGuarded();
  const isSignedIn = state.kind === 'signed-in';
  // Unsaved work outlives its session, out of sight until the same person has signed in again.
  const viewer = isSignedIn || isGuarded ? viewerOf(state) : null;
  return (
    <>
      {viewer && (
        <div key={viewer.id} hidden={!isSignedIn}>
          <Organizations viewer={viewer} />
        </div>
      )}
      {state.kind === 'loading' && <Splash />}
      {state.kind === 'signed-out' && <SignedOut ended={state.ended !== null} isWorkKept={viewer !== null} />}
      {state.kind === 'unreachable' && (
        <Message title="The console can’t start" text={state.message} retry={refresh} />
      )}
    </>
  );
}

function Organizations({ viewer }: { readonly viewer: Viewer }) {
  const [path] = useLocation();
  const { organizations } = viewer;
  const home = organizations.find(({ slug }) => slug === lastOrganization()) ?? organizations[0];
  if (!home)
    return (
      <Message
        title="You belong to no organization"
        text={`${viewer.email} is signed in, but no longer a member of an organization. Ask for an invitation.`}
      />
    );
  return (
    <Switch>
      <Route path="/o/:slug" nest>
        {({ slug }) => <Organization viewer={viewer} slug={slug} />}
      </Route>
      <Route>
        {/* An address without an organization, as in a message to a colleague, is one of the last that was open. */}
        <Redirect to={`/o/${home.slug}${path === '/' ? '' : path}${location.search}`} replace />
      </Route>
    </Switch>
  );
}

function Organization({ viewer, slug }: { readonly viewer: Viewer; readonly slug: string }) {
  const organization = viewer.organizations.find((one) => one.slug === slug);
  if (!organization)
    return (
      <Message
        title="Organization not found"
        text="It doesn’t exist, or you are not a member of it."
        link={{ to: '~/', text: 'Your organizations' }}
      />
    );
  saveLastOrganization(slug);
  return (
    <OrganizationProvider key={organization.id} organization={organization} waiting={<Splash />}>
      <Shell />
      <PaletteHost />
    </OrganizationProvider>
  );
}
