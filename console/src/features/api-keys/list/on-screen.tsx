import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { parsed } from '../../../api/document.ts';
import { Sparkline } from '../../../design/primitives/sparkline.tsx';
import { KeysOnScreenDocument, type KeysOnScreenQuery } from '../../../generated/graphql.ts';

/** Rows change while scrolling: details are requested when scrolling pauses. */
const SETTLE_MS = 200;

/** An operation's maximum cost bounds how many keys it can request details of. */
const KEYS_MAX = 80;

type Node = Extract<KeysOnScreenQuery['nodes'][number], { readonly secrets: unknown[] }>;

/** The secrets of a key, as the list needs them. */
type KnownSecrets = Node['secrets'];

type Details = Pick<Node, 'usage' | 'secrets'>;

const DetailsContext = createContext<ReadonlyMap<string, Details>>(new Map());

/** Loads the last 24 hours and the secrets of the keys on the screen, and follows them. */
export function OnScreen({
  ids,
  children,
}: {
  readonly ids: readonly string[];
  readonly children: ReactNode;
}) {
  const settled = useSettled(ids.slice(0, KEYS_MAX).join(' '));
  const wanted = settled === '' ? [] : settled.split(' ');
  const [{ data }] = useQuery({
    query: parsed(KeysOnScreenDocument),
    variables: { ids: wanted },
    pause: wanted.length === 0,
  });
  const before = useRef<ReadonlyMap<string, Details>>(new Map());
  const details = useMemo(() => {
    // Previous data stays during a refetch.
    const found = new Map(before.current);
    for (const node of data?.nodes ?? [])
      if (node && 'secrets' in node) found.set(node.id, { usage: node.usage, secrets: node.secrets });
    return found;
  }, [data]);
  useEffect(() => {
    before.current = details;
  }, [details]);
  return <DetailsContext value={details}>{children}</DetailsContext>;
}

/** The secrets of a key on the screen; none until they are loaded. */
export function useSecretsOnScreen(id: string): KnownSecrets {
  return use(DetailsContext).get(id)?.secrets ?? [];
}

/** The last 24 hours of a key; gray until they are loaded. */
export function KeySparkline({ id }: { readonly id: string }) {
  const usage = use(DetailsContext).get(id)?.usage;
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
