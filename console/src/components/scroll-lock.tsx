import { type ComponentType, type ElementType, type HTMLAttributes, type ReactNode, useEffect } from 'react';

let locks = 0;

interface Props extends HTMLAttributes<HTMLElement> {
  readonly as?: ElementType;
  readonly children?: ReactNode;
  readonly allowPinchZoom?: boolean;
  readonly shards?: readonly unknown[];
  readonly enabled?: boolean;
}

/**
 * Stands in for the package react-remove-scroll under dialogs and menus: while it is shown the page does not scroll, by an
 * attribute and the stylesheet, where the original writes style elements.
 */
export const RemoveScroll: ComponentType<Props> = ({
  as: Element = 'div',
  allowPinchZoom: _pinch,
  shards: _shards,
  enabled = true,
  children,
  ...rest
}) => {
  useEffect(() => {
    if (!enabled) return;
    locks += 1;
    const { scrollHeight, clientHeight } = document.documentElement;
    // Without a scroll bar, no space is reserved for it.
    if (scrollHeight > clientHeight) document.documentElement.dataset.scrollLock = '';
    return () => {
      locks -= 1;
      if (locks === 0) delete document.documentElement.dataset.scrollLock;
    };
  }, [enabled]);
  return <Element {...rest}>{children}</Element>;
};
