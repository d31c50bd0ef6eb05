import { Tooltip as Tip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

/** A tooltip for a focusable element. Must not contain anything essential, since touch screens can't show it. */
export function Tooltip({ text, children }: { readonly text: ReactNode; readonly children: ReactElement }) {
  return (
    <Tip.Root>
      <Tip.Trigger asChild>{children}</Tip.Trigger>
      <Tip.Portal>
        <Tip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 animate-appear rounded-md bg-ink px-2 py-1 text-xs text-on-ink shadow-raised"
        >
          {text}
        </Tip.Content>
      </Tip.Portal>
    </Tip.Root>
  );
}

/** Provider, rendered once around all components with tooltips. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return <Tip.Provider delayDuration={300}>{children}</Tip.Provider>;
}
