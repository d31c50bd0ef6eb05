import { Link } from 'wouter';
import { useRefreshed } from '../../api/use-refreshed.ts';
import { useSteady } from '../../api/use-steady.ts';
import { Card, LoadFault, SkeletonRows } from '../../design/patterns/page.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { RelativeTime } from '../../design/primitives/time.tsx';
import { VerifiersDocument } from '../../generated/graphql.ts';
import { useOpens } from '../../shell/views.tsx';
import { useOrganization } from '../../viewer/organization.tsx';
import { TEXTS } from './texts.ts';

const SHOWN_MAX = 5;

const texts = TEXTS.verifiers;

/** Programs that verify keys from memory: verification processes of the servers, and verifiers embedded in APIs. */
export function VerifiersCard() {
  const { id: organizationId } = useOrganization();
  const [{ data, error }, reload] = useRefreshed(VerifiersDocument, { organizationId });
  const verifiers = useSteady(data?.organization?.verifiers);
  const opens = useOpens();
  // A viewer of some teams sees none of the organization's verifiers.
  if (!verifiers && data?.organization) return null;
  const more = (verifiers?.length ?? 0) - SHOWN_MAX;
  return (
    <Card
      title="Connected verifiers"
      padded={false}
      actions={
        opens('/settings') && (
          <Link href="/settings" className="text-small text-soft hover:text-text hover:underline">
            Settings
          </Link>
        )
      }
    >
      {!verifiers &&
        (error ? (
          <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />
        ) : (
          <SkeletonRows count={2} />
        ))}
      {verifiers?.length === 0 && <p className="px-4 py-5 text-soft">{texts.none}</p>}
      {verifiers && verifiers.length > 0 && (
        <ul className="divide-y divide-line">
          {verifiers.slice(0, SHOWN_MAX).map(({ id, name, kind, connectedAt, cachedKeys, current }) => (
            <li key={id} className="flex items-center justify-between gap-4 px-4 py-2.5">
              <div className="min-w-0">
                <p className="truncate font-medium">
                  <bdi>{name ?? texts.kinds[kind]}</bdi>
                </p>
                <p className="text-small text-soft">
                  {name && `${texts.kinds[kind]} · `}
                  {texts.keys(cachedKeys)} · connected <RelativeTime at={connectedAt} />
                </p>
              </div>
              <Badge tone={current ? 'good' : 'warn'} dot quiet={current}>
                {current ? 'Current' : 'Not current'}
              </Badge>
            </li>
          ))}
          {more > 0 && (
            <li className="px-4 py-2.5 text-small text-soft">and {more.toLocaleString('en')} more</li>
          )}
        </ul>
      )}
    </Card>
  );
}
