import { DAY_MS, now } from '../../../api/clock.ts';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { Scrolling } from '../../../design/primitives/scrolling.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { type Hours, useLastDay, usesIn } from './last-day.ts';

/** Which of several keys were used in the last day, how often and from where, followed by the unused ones. */
export function SelectionUse({ keys }: { readonly keys: readonly KeyFactsFragment[] }) {
  const used = keys.filter(({ lastUsedAt }) => lastUsedAt && Date.parse(lastUsedAt) > now() - DAY_MS);
  const unused = keys.filter((key) => !used.includes(key));
  const hours = useLastDay(used.map(({ id }) => id));
  return (
    <div className="flex flex-col gap-3">
      <p
        className={
          used.length > 0 ? 'rounded-lg bg-warn-soft px-3 py-2.5 font-medium text-warn' : 'font-medium'
        }
      >
        {used.length === 0 && 'None of them was used in the last 24 hours.'}
        {used.length > 0 && `${used.length} of ${keys.length} used in the last 24 hours`}
      </p>
      <Scrolling label="Selected keys" className="max-h-52 rounded-lg border border-line">
        <ul className="divide-y divide-line">
          {[...used, ...unused].map((key) => (
            <KeyInSelection key={key.id} apiKey={key} hours={hours.get(key.id)} />
          ))}
        </ul>
      </Scrolling>
    </div>
  );
}

function KeyInSelection({
  apiKey: { name, start, lastUsedAt, lastUsedIp },
  hours,
}: {
  readonly apiKey: KeyFactsFragment;
  readonly hours: Hours | undefined;
}) {
  return (
    <li className="px-3 py-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="min-w-0 font-medium break-words">{name}</span>
        <span className="font-mono text-xs text-soft">{start}…</span>
      </div>
      <div className="text-[0.8125rem] text-soft">
        {hours && `${counted(usesIn(hours), 'time')} in the last day, last `}
        {lastUsedAt ? <LastUsed at={lastUsedAt} /> : 'Never used'}
        {lastUsedIp && ` from ${lastUsedIp}`}
      </div>
    </li>
  );
}
