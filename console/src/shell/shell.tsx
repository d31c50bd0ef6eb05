import { Menu as MenuIcon, X } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { Page, SkeletonRows } from '../design/patterns/page.tsx';
import { ButtonLink, IconButton } from '../design/primitives/button.tsx';
import { classNames } from '../design/primitives/class-names.ts';
import { HelpMenu } from './help-menu.tsx';
import { LiveBadge } from './live-badge.tsx';
import { Logo } from './logo.tsx';
import { Navigation } from './navigation.tsx';
import { OrganizationSwitcher } from './organization-switcher.tsx';
import { SearchButton } from './search-button.tsx';
import { UserMenu } from './user-menu.tsx';
import { ViewBoundary } from './view-boundary.tsx';
import { useViews } from './views.tsx';

/** The frame around all views of an organization. */
export function Shell() {
  const [path] = useLocation();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useNewView(path, () => {
    setOpen(false);
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  });
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-ink px-3 py-2 text-on-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the content
      </a>
      <header className="top-0 z-30 flex flex-col border-b border-line bg-side tall:sticky lg:sticky lg:h-dvh lg:border-r lg:border-b-0">
        <div className="flex h-14 items-center gap-2 px-4">
          <Logo />
          <span className="ml-auto">
            <LiveBadge />
          </span>
          <IconButton
            label={open ? 'Close the menu' : 'Open the menu'}
            aria-expanded={open}
            aria-controls="navigation"
            onClick={() => setOpen(!open)}
            className="-mr-2 lg:hidden"
          >
            {open ? <X size={20} aria-hidden="true" /> : <MenuIcon size={20} aria-hidden="true" />}
          </IconButton>
        </div>
        <div
          id="navigation"
          className={classNames(
            'grow flex-col gap-4 overflow-y-auto px-3 pb-4 max-lg:max-h-[calc(100dvh-3.5rem)] lg:flex',
            open ? 'flex' : 'hidden',
          )}
        >
          <OrganizationSwitcher />
          <div className="-my-2">
            <SearchButton />
          </div>
          <Navigation />
          <div className="mt-auto flex items-center justify-between gap-2 border-t border-line pt-3">
            <UserMenu />
            <HelpMenu />
          </div>
        </div>
      </header>
      <div className="flex min-w-0 flex-col">
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className="mx-auto w-full max-w-[90rem] grow px-4 pt-6 pb-16 outline-none sm:px-8 lg:px-10 lg:pt-9"
        >
          <ViewBoundary key={path}>
            <Suspense fallback={<SkeletonRows />}>
              <Views />
            </Suspense>
          </ViewBoundary>
        </main>
      </div>
    </div>
  );
}

function Views() {
  const offered = useViews();
  const home = offered.find(({ entry }) => entry);
  return (
    <Switch>
      {offered.map(({ path, View }) => (
        <Route key={path} path={path}>
          <View />
        </Route>
      ))}
      <Route path="/">{home ? <Redirect to={home.path} replace /> : <NothingHere />}</Route>
      <Route>
        <NothingHere />
      </Route>
    </Switch>
  );
}

function NothingHere() {
  const home = useViews().find(({ entry }) => entry);
  return (
    <Page title="Page not found" description="It doesn’t exist, or you don’t have access to it.">
      {home && (
        <div>
          <ButtonLink to={home.path}>Go to {home.entry?.label}</ButtonLink>
        </div>
      )}
    </Page>
  );
}

/** Calls back when another view is opened, but not for the first one. */
function useNewView(path: string, opened: () => void): void {
  const last = useRef(path);
  useEffect(() => {
    const before = last.current;
    last.current = path;
    // Redirects from the organization's URL to the first view.
    if (before !== path && before !== '/') opened();
  });
}
