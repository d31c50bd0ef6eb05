import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import { parsed } from '../../api/document.ts';
import {
  type AuditFactsFragment,
  AuditNamesDocument,
  type AuditNamesQuery,
} from '../../generated/graphql.ts';

/** Maximum number of ids per look-up. */
const IDS_MAX = 100;

const ID = /^(?:key|role|team|user|mem|org)_[0-9a-z]+$/;

const NamesContext = createContext<ReadonlyMap<string, string>>(new Map());

/** The name of the object with this id. Null: unknown or deleted. */
export function useName(id: string | null): string | null {
  return use(NamesContext).get(id ?? '') ?? null;
}

/** Looks up the names in these entries for `useName` below: of targets, and of ids in changes. */
export function Names({
  entries,
  children,
}: {
  readonly entries: readonly AuditFactsFragment[];
  readonly children: ReactNode;
}) {
  const client = useClient();
  const [found, setFound] = useState<ReadonlyMap<string, string | null>>(new Map());
  const ids = useMemo(() => idsOf(entries), [entries]);
  useEffect(() => {
    const unknown = ids.filter((id) => !found.has(id)).slice(0, IDS_MAX);
    if (unknown.length === 0) return;
    let over = false;
    void client
      .query(parsed(AuditNamesDocument), { ids: unknown })
      .toPromise()
      .then(({ data }) => {
        const named = (data?.nodes ?? []).flatMap((node) => (node ? [nameOf(node)] : []));
        const nameless = unknown.map((id) => [id, null] as const);
        if (!over)
          setFound((before) => new Map([...before, ...nameless, ...named.filter((one) => one !== null)]));
      });
    return () => {
      over = true;
    };
  }, [client, ids, found]);
  const names = useMemo(() => {
    const all = new Map<string, string>();
    // Deleted objects are named by the log itself, latest name first.
    for (const { targetId, changes } of entries) {
      const name = loggedName(changes);
      if (name && targetId && !all.has(targetId)) all.set(targetId, name);
    }
    for (const [id, name] of found) if (name !== null) all.set(id, name);
    return all;
  }, [entries, found]);
  return <NamesContext value={names}>{children}</NamesContext>;
}

function idsOf(entries: readonly AuditFactsFragment[]): readonly string[] {
  const ids = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && ID.test(value)) ids.add(value);
    else if (Array.isArray(value)) for (const one of value) visit(one);
  };
  for (const { targetId, changes } of entries) {
    visit(targetId);
    for (const change of Object.values(changes)) visit(change);
  }
  return [...ids];
}

/** `{"name": ["before", "after"]}`, and for invitations the address. */
function loggedName({ name, email }: Record<string, unknown>): string | null {
  for (const change of [name, email]) {
    if (!Array.isArray(change)) continue;
    const [before, after] = change;
    if (typeof after === 'string') return after;
    if (typeof before === 'string') return before;
  }
  return null;
}

function nameOf(node: NonNullable<AuditNamesQuery['nodes'][number]>): [string, string] | null {
  switch (node.__typename) {
    case 'ApiKey':
      return [node.id, node.keyName];
    case 'Role':
      return [node.id, node.roleName];
    case 'Team':
      return [node.id, node.teamName];
    case 'User':
      return [node.id, node.email];
    case 'Membership':
      return [node.id, node.email];
    case 'Organization':
      return [node.id, node.organizationName];
    default:
      return null;
  }
}
