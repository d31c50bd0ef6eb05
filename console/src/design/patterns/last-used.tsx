import { useEffect, useRef, useState } from 'react';
import { RelativeTime } from '../primitives/time.tsx';

/** When a key was last used. A live use is shown by a subtle pulse. */
export function LastUsed({ at }: { readonly at: string | null | undefined }) {
  const pulses = usePulses(at ?? null);
  if (!at) return <span className="text-soft">Never</span>;
  return (
    <span className="relative inline-flex items-center pr-3" data-used={at}>
      <RelativeTime at={at} />
      {pulses > 0 && (
        <span
          key={pulses}
          aria-hidden="true"
          className="absolute right-0.5 size-1.5 animate-pulse-once rounded-full bg-live opacity-0"
        />
      )}
    </span>
  );
}

/** How often the value has changed since it was first shown. */
function usePulses(value: string | null): number {
  const last = useRef(value);
  const [pulses, setPulses] = useState(0);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setPulses((count) => count + 1);
  }, [value]);
  return pulses;
}
