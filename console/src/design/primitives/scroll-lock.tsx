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
 * Replaces the package react-remove-scroll in dialogs and menus: prevents the page from scrolling with an attribute and
 * the stylesheet, because the original inserts style elements, which the content security policy forbids.
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
