import { Card, LoadFault, SkeletonRows } from '../../../design/patterns/page.tsx';
import { type Column, RowTitle, Table } from '../../../design/patterns/table.tsx';
import { Badge } from '../../../design/primitives/badge.tsx';
import { RelativeTime } from '../../../design/primitives/time.tsx';
import { ConnectVerifier } from './connect-verifier.tsx';
import { useVerifiers, type Verifier } from './use-verifiers.ts';

/** The verification processes and embedded verifiers that are connected. */
export function VerifiersCard() {
  const loaded = useVerifiers();
  if (!loaded) return null;
  const { verifiers, error, retry } = loaded;
  return (
    <Card title="Verifiers" padded={false} className="overflow-clip">
      <p className="max-w-prose px-4 py-3 text-soft">
        Programs that verify keys of this organization from memory: verification processes of the servers, and
        verifiers that are embedded in your APIs. One that isn’t current asks a server instead.
      </p>
      {error && <LoadFault message={error} retry={retry} />}
      {!verifiers && !error && <SkeletonRows count={2} />}
      {verifiers && verifiers.length > 0 && (
        <Table label="Verifiers" columns={COLUMNS} rows={verifiers} nameOf={nameOf} />
      )}
      {verifiers && !verifiers.some(({ kind }) => kind === 'EMBEDDED') && <ConnectVerifier />}
    </Card>
  );
}

const KINDS = { PROCESS: 'Verification process', EMBEDDED: 'Embedded' } as const;

function nameOf({ name, id }: Verifier): string {
  return name ?? id;
}

const COLUMNS: readonly Column<Verifier>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (verifier) => <RowTitle className="block truncate">{nameOf(verifier)}</RowTitle>,
  },
  { id: 'kind', header: 'Kind', className: 'w-44', card: 'bare', cell: ({ kind }) => KINDS[kind] },
  {
    id: 'connected',
    header: 'Connected',
    className: 'w-32',
    card: 'labelled',
    from: 'medium',
    cell: ({ connectedAt }) => <RelativeTime at={connectedAt} />,
  },
  {
    id: 'keys',
    header: 'Cached keys',
    className: 'w-28 text-right',
    card: 'labelled',
    cell: ({ cachedKeys }) => <span className="tabular-nums">{cachedKeys.toLocaleString('en')}</span>,
  },
  {
    id: 'status',
    header: 'Status',
    className: 'w-32',
    card: 'bare',
    cell: ({ current }) =>
      current ? (
        <Badge tone="good" dot>
          Current
        </Badge>
      ) : (
        <Badge tone="warn" dot>
          Not current
        </Badge>
      ),
  },
];
