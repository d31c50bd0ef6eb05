import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Input, Select } from '../primitives/input.tsx';

const TYPING_MS = 250;

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
