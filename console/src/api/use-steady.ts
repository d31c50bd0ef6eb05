import { useEffect, useRef } from 'react';

/**
 * The value, or the last that there was while it is missing: after a change the cache doesn't know part of a query until the
 * server has answered, and a view should not flicker for that long. For views that are about one object: key them by it.
 */
export function useSteady<Value>(value: Value | null | undefined): Value | null | undefined {
  const last = useRef(value);
  useEffect(() => {
    if (value !== null && value !== undefined) last.current = value;
  });
  return value ?? last.current;
}
