import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';

const PAGE = 10;

/** The interval that the pointer or the keyboard points at; null: none. */
export function usePointed(count: number, element: { readonly current: HTMLElement | null }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const [pointerY, setPointerY] = useState<number | null>(null);
  const last = useRef(count - 1);
  const point = (index: number) => {
    last.current = Math.min(count - 1, Math.max(0, index));
    setPointed(last.current);
  };
  const leave = () => {
    last.current = count - 1;
    setPointed(null);
  };
  const steps: Readonly<Record<string, () => number>> = {
    ArrowLeft: () => -1,
    ArrowDown: () => -1,
    ArrowRight: () => 1,
    ArrowUp: () => 1,
    PageDown: () => -PAGE,
    PageUp: () => PAGE,
    Home: () => -count,
    End: () => count,
  };
  const handlers = (left: number, step: number) => ({
    onPointerMove: (event: PointerEvent) => {
      const box = element.current?.getBoundingClientRect();
      if (!box || step === 0) return;
      setPointerY(event.clientY - box.top);
      point(Math.floor((event.clientX - box.left - left) / step));
    },
    onPointerLeave: leave,
    onBlur: leave,
    onKeyDown: (event: KeyboardEvent) => {
      const move = steps[event.key];
      if (event.key === 'Escape') leave();
      if (!move) return;
      event.preventDefault();
      setPointerY(null);
      // The first key shows where the focus is.
      const isFirst = pointed === null && Math.abs(move()) === 1;
      point(last.current + (isFirst ? 0 : move()));
    },
  });
  const shown = pointed === null || count === 0 ? null : Math.min(pointed, count - 1);
  return { pointed: shown, pointerY, handlers };
}
