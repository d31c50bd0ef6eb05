import { useEffect, useRef } from 'react';

/**
 * The value, or the previous one while it is missing: after a change, the cache lacks part of a query until the server
 * responds. Prevents flickering. Key views of one object by its id.
 */
export function useSteady<Value>(value: Value | null | undefined): Value | null | undefined {
  const last = useRef(value);
  useEffect(() => {
    if (value !== null && value !== undefined) last.current = value;
  });
  return value ?? last.current;
}
