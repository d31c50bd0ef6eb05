import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

/** A list's filters, read from the URL. */
export interface AddressSearch<Search, Parameter extends string> {
  readonly search: Search;
  /** Sets URL parameters. An empty value removes one. */
  change(changes: Partial<Record<Parameter, string>>): void;
  /** Removes all of them. */
  clear(): void;
}

/** The search in the URL, so that a link opens the same list. `read` must be the same function each time. */
export function useSearchInAddress<Search, Parameter extends string>(
  read: (parameters: URLSearchParams) => Search,
): AddressSearch<Search, Parameter> {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.toString();
  const search = useMemo(() => read(new URLSearchParams(text)), [read, text]);
  const change = (changes: Partial<Record<Parameter, string>>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | undefined>(changes))
          if (value) after.set(name, value);
          else after.delete(name);
        return after;
      },
      { replace: true },
    );
  return { search, change, clear: () => setParameters(new URLSearchParams(), { replace: true }) };
}
