import { type ReactNode, useEffect, useRef, useState } from 'react';
import { classNames } from '../primitives/class-names.ts';
import { Input, Select } from '../primitives/input.tsx';

const TYPING_MS = 250;

/**
 * The filters of a list, which stay in view while it scrolls, above the table's header. On small screens, which they
 * would fill, they scroll with the page.
 */
export function FilterBar({
  className,
  children,
}: {
  readonly className: string;
  readonly children: ReactNode;
}) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      style.setProperty('--filters-height', `${Math.round(height)}px`);
    });
    if (bar.current) observer.observe(bar.current);
    return () => {
      observer.disconnect();
      style.removeProperty('--filters-height');
    };
  }, []);
  return (
    <search
      ref={bar}
      aria-label="Filters"
      className={classNames('-my-2 bg-page py-2 tall:lg:sticky tall:lg:top-0 tall:lg:z-20', className)}
    >
      {children}
    </search>
  );
}

/** A select that filters a list. `children` are the options other than "all". */
export function Filter({
  label,
  all,
  value,
  className = 'sm:max-w-48',
  onChange,
  children,
}: {
  readonly label: string;
  /** The option without a filter. */
  readonly all: string;
  readonly value: string | null | undefined;
  readonly className?: string;
  onChange(value: string): void;
  readonly children: ReactNode;
}) {
  return (
    <Select
      look="small"
      aria-label={label}
      value={value ?? ''}
      data-narrows={value ? '' : undefined}
      onChange={(event) => onChange(event.target.value)}
      className={className}
    >
      <option value="">{all}</option>
      {children}
    </Select>
  );
}

/** Options by value and label. */
export function Options({ of }: { readonly of: readonly (readonly [value: string, label: string])[] }) {
  return of.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

/** A text filter, reported after typing pauses. */
export function FilterText({
  label,
  placeholder,
  maxLength,
  text,
  className,
  onChange,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly maxLength: number;
  readonly text: string;
  readonly className?: string;
  onChange(text: string): void;
}) {
  const [typed, setTyped] = useState(text);
  const reported = useRef(text);
  useEffect(() => {
    if (text === reported.current) return;
    reported.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === reported.current) return;
    const timer = setTimeout(() => {
      reported.current = typed;
      onChange(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      look="small"
      type="search"
      aria-label={label}
      placeholder={placeholder}
      maxLength={maxLength}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      className={className}
    />
  );
}
