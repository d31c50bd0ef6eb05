import { useEffect, useMemo, useState } from 'react';
import { now } from '../../../api/clock.ts';
import { useDocument } from '../../../api/use-document.ts';
import { useSteady } from '../../../api/use-steady.ts';
import { type ChartPoint, pointsOf, type Series } from '../../../design/patterns/chart/points.ts';
import { useNow } from '../../../design/primitives/time.tsx';
import { RotationUsageDocument, type SecretFactsFragment } from '../../../generated/graphql.ts';
import {
  planOf,
  type RotationPlan,
  type RotationShare,
  rangeAt,
  type SecretUses,
  shareOf,
} from './rotation-plan.ts';

const HOUR_MS = 3_600_000;

/** The series of a rotation, in the order of its points. */
export const ROTATION: readonly Series[] = [
  { name: 'with the new secret', tone: 'chart' },
  { name: 'with the old secret', tone: 'muted' },
];

/** The newest secret of a key and those that it replaces. */
export interface Secrets {
  readonly active: SecretFactsFragment;
  readonly retiring: readonly SecretFactsFragment[];
}

/** The secrets of a key in rotation. Null: none is being replaced. */
export function rotationOf(secrets: readonly SecretFactsFragment[]): Secrets | null {
  const active = secrets.find(({ status }) => status === 'ACTIVE');
  const retiring = secrets.filter(({ status }) => status === 'RETIRING');
  return active && retiring.length > 0 ? { active, retiring } : null;
}

/** Stored uses of both sides since the rotation began. */
export interface Rotation {
  readonly plan: RotationPlan;
  readonly share: RotationShare;
  /** Accepted uses since the rotation began, by secret. */
  usesOf(secretId: string): number;
  pointsAt(time: number): readonly ChartPoint[];
}

/** The stored uses of the secrets, read again after each use of the key. Null until they are known. */
export function useRotation({ active, retiring }: Secrets): {
  readonly rotation: Rotation | null;
  readonly error: Error | undefined;
  reload(): void;
} {
  const began = Date.parse(active.createdAt);
  const [{ plan, at }, setPlanned] = useState(() => plannedAt(began, now()));
  const current = useNow();
  // The plan is part of the cache's key. A page may be open for the whole rotation.
  if (current - at > HOUR_MS) setPlanned(plannedAt(began, current));
  const ids = [active, ...retiring].map(({ id }) => id);
  const variables = { ids, from: new Date(plan.from).toISOString(), granularity: plan.granularity };
  const [{ data, error }, reload] = useDocument(RotationUsageDocument, variables);
  // The counts of the secrets change once the server has saved their uses.
  const written = [active, ...retiring].map(({ id, uses }) => `${id} ${uses}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: new counts mean new uses.
  useEffect(() => reload({ requestPolicy: 'network-only' }), [written, reload]);
  const nodes = useSteady(data?.nodes);
  const activeId = active.id;
  const rotation = useMemo(() => nodes && read(plan, nodes, activeId), [plan, nodes, activeId]);
  return { rotation: rotation ?? null, error, reload: () => reload({ requestPolicy: 'network-only' }) };
}

function plannedAt(began: number, at: number): { readonly plan: RotationPlan; readonly at: number } {
  return { plan: planOf(began, at), at };
}

type Nodes = readonly ({ readonly __typename?: string; readonly id?: string } | null)[];

function read(plan: RotationPlan, nodes: Nodes, activeId: string): Rotation {
  const usage = new Map<string, readonly SecretUses[]>();
  for (const node of nodes)
    if (node?.id && 'usage' in node) usage.set(node.id, (node.usage as readonly SecretUses[] | null) ?? []);
  const fresh = usage.get(activeId) ?? [];
  const old = [...usage].flatMap(([id, uses]) => (id === activeId ? [] : uses));
  const counted = (uses: readonly SecretUses[]) =>
    uses.map(({ start, verified: value }) => ({ start: Date.parse(start), value }));
  return {
    plan,
    share: shareOf(plan, old, fresh),
    usesOf: (id) => shareOf(plan, usage.get(id) ?? [], []).old,
    pointsAt: (time) => pointsOf(rangeAt(plan, time), time, [counted(fresh), counted(old)]),
  };
}
