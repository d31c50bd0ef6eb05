import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { parsed } from '../../../api/document.ts';
import { Sparkline, type Stretch } from '../../../design/primitives/sparkline.tsx';
import { SparklinesDocument } from '../../../generated/graphql.ts';

/** Rows change while scrolling: usage is requested when scrolling pauses. */
const SETTLE_MS = 200;

/** An operation's maximum cost bounds how many keys it can request usage for. */
const KEYS_MAX = 80;

const UsageContext = createContext<ReadonlyMap<string, readonly Stretch[]>>(new Map());

/** Loads the last 24 hours of the keys on the screen, for KeySparkline. */
export function Sparklines({
  ids,
  children,
}: {
  readonly ids: readonly string[];
  readonly children: ReactNode;
}) {
  const settled = useSettled(ids.slice(0, KEYS_MAX).join(' '));
  const wanted = settled === '' ? [] : settled.split(' ');
  const [{ data }] = useQuery({
    query: parsed(SparklinesDocument),
    variables: { ids: wanted },
    pause: wanted.length === 0,
  });
  const before = useRef<ReadonlyMap<string, readonly Stretch[]>>(new Map());
  const usage = useMemo(() => {
    // Previous data stays during a refetch.
    const found = new Map(before.current);
    for (const node of data?.nodes ?? [])
      if (node && 'usage' in node && node.usage) found.set(node.id, node.usage);
    return found;
  }, [data]);
  useEffect(() => {
    before.current = usage;
  }, [usage]);
  return <UsageContext value={usage}>{children}</UsageContext>;
}

/** The last 24 hours of a key; gray until they are loaded. */
export function KeySparkline({ id }: { readonly id: string }) {
  const usage = use(UsageContext).get(id);
  if (!usage) return <span className="block h-px w-24 bg-line" />;
  return <Sparkline usage={usage} />;
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
