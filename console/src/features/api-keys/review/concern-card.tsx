import { Link } from 'wouter';
import type { ShownList } from '../../../api/use-list.ts';
import { ListFrame } from '../../../design/patterns/list-frame.tsx';
import { Card } from '../../../design/patterns/page.tsx';
import { Badge, EnvironmentBadge } from '../../../design/primitives/badge.tsx';
import { total } from '../../../design/primitives/counted.ts';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import type { Concern } from './concerns.tsx';
import { type Chosen, Remedies } from './remedies.tsx';

/** The keys of one concern, with actions for each. */
export function ConcernCard({
  concern,
  list,
  hint,
  onChoose,
}: {
  readonly concern: Concern;
  readonly list: ShownList<KeyFactsFragment>;
  /** Additional text if there are no keys. */
  readonly hint?: React.ReactNode;
  onChoose(chosen: Chosen): void;
}) {
  const { rows, hasMore, loading, error } = list;
  return (
    <Card
      padded={false}
      title={concern.title}
      actions={
        !loading &&
        !error && (
          <Badge tone={rows.length > 0 ? 'warn' : 'good'}>
            {total(rows.length, !hasMore)}
            <span className="sr-only"> {rows.length === 1 ? 'key' : 'keys'}</span>
          </Badge>
        )
      }
    >
      <div data-concern={concern.id}>
        <ListFrame
          list={list}
          placeholders={2}
          empty={
            <div className="px-4 py-5 text-soft">
              {concern.none} {hint}
            </div>
          }
        >
          <p className="border-b border-line px-4 py-2.5 text-soft">{concern.meaning}</p>
          <ul aria-label={concern.title} className="divide-y divide-line">
            {rows.map((key) => (
              <ConcernedKey key={key.id} apiKey={key} concern={concern} onChoose={onChoose} />
            ))}
          </ul>
        </ListFrame>
      </div>
    </Card>
  );
}

function ConcernedKey({
  apiKey,
  concern,
  onChoose,
}: {
  readonly apiKey: KeyFactsFragment;
  readonly concern: Concern;
  onChoose(chosen: Chosen): void;
}) {
  const opens = useOpens();
  const { id, name, start, environment } = apiKey;
  return (
    <li data-row={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 grow basis-48">
        <div className="flex min-w-0 items-center gap-2">
          {opens('/keys/:keyId') ? (
            <Link href={`/keys/${id}`} className="min-w-0 truncate font-medium hover:underline">
              {name}
            </Link>
          ) : (
            <span className="min-w-0 truncate font-medium">{name}</span>
          )}
          <EnvironmentBadge environment={environment} />
        </div>
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-[0.8125rem] text-soft">
          <span>{concern.why(apiKey)}</span>
          <span className="truncate font-mono text-xs">{start}…</span>
        </div>
      </div>
      <Remedies apiKey={apiKey} remedies={concern.remedies} onChoose={onChoose} />
    </li>
  );
}
