import { Activity, Moon } from 'lucide-react';
import { useDocument } from '../../../api/use-document.ts';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { Fact, Facts } from '../../../design/patterns/page.tsx';
import { classNames } from '../../../design/primitives/class-names.ts';
import { counted } from '../../../design/primitives/counted.ts';
import { Sparkline } from '../../../design/primitives/sparkline.tsx';
import { DateText } from '../../../design/primitives/time.tsx';
import { type KeyFactsFragment, KeyOwnerDocument, type KeyOwnerQuery } from '../../../generated/graphql.ts';
import { ActorName } from '../../../shell/actor-name.tsx';
import { useLastDay, usesIn } from './last-day.ts';

type Owned = NonNullable<KeyOwnerQuery['apiKey']>;

/** Live usage of a key by address, to show who would be affected by its revocation. */
export function KeyUse({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const hours = useLastDay([apiKey.id]).get(apiKey.id);
  const [{ data }] = useDocument(KeyOwnerDocument, { id: apiKey.id });
  const owned = data?.apiKey;
  const uses = hours ? usesIn(hours) : null;
  return (
    <div className="flex flex-col gap-4">
      <UseInWords uses={uses} />
      {hours && uses !== 0 && <Sparkline usage={hours} />}
      <Facts>
        <Fact name="Last used">
          <LastUsed at={owned?.lastUsedAt} />
          {owned?.lastUsedIp && (
            <>
              {' '}
              from <span className="font-mono text-[0.8125rem]">{owned.lastUsedIp}</span>
            </>
          )}
        </Fact>
        {owned?.externalId && (
          <Fact name="Belongs to">
            <span className="font-mono text-[0.8125rem]">{owned.externalId}</span>
          </Fact>
        )}
        {apiKey.teams.length > 0 && (
          <Fact name="Teams">{apiKey.teams.map(({ name }) => name).join(', ')}</Fact>
        )}
        {owned && <Origin owned={owned} />}
      </Facts>
    </div>
  );
}

function UseInWords({ uses }: { readonly uses: number | null }) {
  const isUsed = uses !== null && uses > 0;
  const Icon = isUsed ? Activity : Moon;
  return (
    <p
      role="status"
      className={classNames(
        'flex items-center gap-2.5 rounded-lg px-3 py-2.5 font-medium',
        isUsed ? 'bg-warn-soft text-warn' : 'bg-hover',
      )}
    >
      <Icon size={16} aria-hidden="true" className="shrink-0" />
      {uses === null && 'Loading usage…'}
      {uses === 0 && 'Not used in the last 24 hours'}
      {isUsed && `Used ${counted(uses, 'time')} in the last 24 hours`}
    </p>
  );
}

/** The secrets in use, and the creator of the key. */
function Origin({ owned: { secrets, createdBy, createdAt } }: { readonly owned: Owned }) {
  const used = secrets.filter(
    ({ uses, status }) => uses > 0 && (status === 'ACTIVE' || status === 'RETIRING'),
  );
  return (
    <>
      {used.length > 0 && (
        <Fact name={used.length === 1 ? 'Secret in use' : 'Secrets in use'}>
          <ul>
            {used.map(({ id, start, uses, lastUsedAt }) => (
              <li key={id} className="flex flex-wrap gap-x-2">
                <span className="font-mono text-[0.8125rem]">{start}…</span>
                <span className="text-soft">
                  {counted(uses, 'time')} in total, <LastUsed at={lastUsedAt} />
                </span>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name="Created">
        <DateText at={createdAt} />
        {createdBy && (
          <>
            {' by '}
            <ActorName actor={createdBy} />
          </>
        )}
      </Fact>
    </>
  );
}
