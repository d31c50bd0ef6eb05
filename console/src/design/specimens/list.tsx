import { useState } from 'react';
import { Filter, FilterBar, FilterText, Options } from '../patterns/filters.tsx';
import { Card } from '../patterns/page.tsx';
import { type Column, RowTitle, Table } from '../patterns/table.tsx';
import { KeyStatus } from '../primitives/badge.tsx';
import { DateText } from '../primitives/time.tsx';

const STATUSES = ['ACTIVE', 'DISABLED', 'EXPIRED', 'REVOKED'] as const;
type Status = (typeof STATUSES)[number];

interface Row {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
}

const ROWS: readonly Row[] = STATUSES.map((status, index) => ({
  id: status,
  name:
    ['Billing API', 'A name that is too long for its column '.repeat(3), 'תשלומים', 'Invoices'][index] ?? '',
  status,
}));

const COLUMNS: readonly Column<Row>[] = [
  { id: 'name', header: 'Name', sort: 'NAME', cell: ({ name }) => <RowTitle to="/">{name.trim()}</RowTitle> },
  {
    id: 'status',
    header: 'Status',
    className: 'w-32',
    card: 'bare',
    cell: ({ status }) => <KeyStatus status={status} />,
  },
  {
    id: 'created',
    header: 'Created',
    sort: 'CREATED_AT',
    className: 'w-36',
    card: 'labelled',
    cell: () => <DateText at="2026-05-04T10:00:00Z" />,
  },
];

/** A table with its filters, a selected row and a filter that narrows. */
export function List() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(['DISABLED']));
  return (
    <div className="flex flex-col gap-4">
      <FilterBar className="flex flex-wrap gap-2">
        <FilterText
          label="Search"
          placeholder="Search"
          maxLength={20}
          text=""
          className="sm:w-56!"
          onChange={() => {}}
        />
        <Filter label="Status" all="Any status" value="active" onChange={() => {}}>
          <Options of={[['active', 'Active']]} />
        </Filter>
        <Filter label="Team" all="Any team" value={null} onChange={() => {}}>
          <Options of={[['apps', 'Apps']]} />
        </Filter>
      </FilterBar>
      <Card padded={false} className="overflow-clip">
        <Table
          label="Specimens"
          columns={COLUMNS}
          rows={ROWS}
          sorting={{ by: 'CREATED_AT', direction: 'DESC' }}
          onSort={() => {}}
          selection={{ selected, onChange: setSelected }}
          nameOf={({ name }) => name}
        />
      </Card>
    </div>
  );
}
