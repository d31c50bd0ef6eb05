import { useSearchParams } from 'wouter';
import { Card, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { Table } from '../../design/patterns/table.tsx';
import { Segmented } from '../../design/primitives/segmented.tsx';
import { REASONS } from '../api-keys/detail/denials-card.tsx';
import { denialColumns } from './denial-columns.tsx';
import type { Denials } from './denial-log.ts';
import { DenialFigures } from './figures.tsx';
import { type DenialGroup, type Grouping, groupDenials } from './group-denials.ts';
import { NoDenials } from './no-denials.tsx';
import { useDenials } from './use-denials.ts';

const GROUPINGS = [
  ['attempt', 'All'],
  ['key', 'By key'],
  ['reason', 'By reason'],
  ['address', 'By address'],
] as const satisfies readonly (readonly [Grouping, string])[];

/** Denied attempts, updated live. */
export function SecurityView() {
  const denials = useDenials();
  const [parameters, setParameters] = useSearchParams();
  const by = GROUPINGS.find(([grouping]) => grouping === parameters.get('by'))?.[0] ?? 'attempt';
  const choose = (grouping: Grouping) =>
    setParameters(grouping === 'attempt' ? {} : { by: grouping }, { replace: true });
  return (
    <Page
      title="Security"
      description="Denied verifications in real time: guessed keys, revoked keys that are still in use, missing permissions."
    >
      <DenialFigures denials={denials} />
      <Card padded={false} className="overflow-clip">
        {!denials && <SkeletonRows count={3} />}
        {denials?.total === 0 && <NoDenials />}
        {denials && denials.total > 0 && (
          <>
            <div className="border-b border-line px-4 py-2.5">
              <Segmented legend="Group by" value={by} options={GROUPINGS} onChange={choose} />
            </div>
            <DenialTable denials={denials} by={by} />
          </>
        )}
      </Card>
    </Page>
  );
}

function DenialTable({ denials, by }: { readonly denials: Denials; readonly by: Grouping }) {
  return (
    <Table
      label="Denied attempts"
      columns={denialColumns(by)}
      rows={groupDenials(denials.attempts, by)}
      nameOf={({ keys, codes }: DenialGroup) => keys[0]?.name ?? (codes[0] ? REASONS[codes[0]] : 'Attempts')}
    />
  );
}
