import type { ReactNode } from 'react';
import { Button, ButtonLink } from '../design/primitives/button.tsx';
import { Logo } from './logo.tsx';

/** A page with one message. */
export function Message({
  title,
  text,
  retry,
  link,
  children,
}: {
  readonly title: string;
  readonly text: ReactNode;
  readonly retry?: () => unknown;
  readonly link?: { readonly to: string; readonly text: string };
  readonly children?: ReactNode;
}) {
  return (
    <main className="grid min-h-dvh grid-cols-1 place-items-center p-4 sm:p-6">
      <div className="w-full max-w-md rounded-2xl border border-line bg-card p-6 shadow-card sm:p-8">
        <Logo />
        <h1 className="mt-6 text-lg font-semibold">{title}</h1>
        <div className="mt-2 text-soft">{text}</div>
        {children}
        {retry && (
          <Button look="primary" className="mt-6" onClick={() => retry()}>
            Try again
          </Button>
        )}
        {link && (
          <ButtonLink to={link.to} look="primary" className="mt-6">
            {link.text}
          </ButtonLink>
        )}
      </div>
    </main>
  );
}

/** Shown while loading. */
export function Splash() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <div role="status" className="animate-breathe">
        <Logo />
        <span className="sr-only">Loading…</span>
      </div>
    </main>
  );
}
