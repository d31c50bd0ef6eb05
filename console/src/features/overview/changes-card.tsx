import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useRefreshed } from '../../api/use-refreshed.ts';
import { useSteady } from '../../api/use-steady.ts';
import { Card, LoadFault, SkeletonRows } from '../../design/patterns/page.tsx';
import { RelativeTime } from '../../design/primitives/time.tsx';
import { OverviewChangesDocument } from '../../generated/graphql.ts';
import type { KeyChange } from '../../live/key-events.ts';
import { ActorName } from '../../shell/actor-name.tsx';
import { useOpens } from '../../shell/views.tsx';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { ACTION_GROUPS } from '../audit/audit-actions.ts';
import { AuditSentence } from '../audit/audit-sentence.tsx';
import { Names } from '../audit/names.tsx';
import { TEXTS } from './texts.ts';

const SHOWN_MAX = 8;

/** Changes within this time are read together, milliseconds. */
const TOGETHER_MS = 200;

/** What people change. They sign in more often than that. */
const ACTIONS = ACTION_GROUPS.filter(({ id }) => !/session|sign_in/.test(id)).flatMap(
  ({ actions }) => actions,
);

/** The latest changes, live: of the audit log, or for viewers without it those of keys since the page was opened. */
export function ChangesCard() {
  const can = useCan();
  const mayRead = can('audit.view') && can('organization.view');
  return (
    <Card
      title="Latest changes"
      padded={false}
      actions={
        mayRead && (
          <Link href="/audit" className="text-small text-soft hover:text-text hover:underline">
            Audit log
          </Link>
        )
      }
    >
      {mayRead ? <Logged /> : <Seen />}
    </Card>
  );
}

function Logged() {
  const { id: organizationId, events } = useOrganization();
  const opens = useOpens();
  // Changes of keys are reported. Others, of members for example, are not.
  const [{ data, error }, reload] = useRefreshed(OverviewChangesDocument, {
    organizationId,
    actions: ACTIONS,
  });
  useEffect(() => {
    // One request for all keys that are changed together.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = events.onChange(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload({ requestPolicy: 'network-only' });
      }, TOGETHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [events, reload]);
  const entries = useSteady(data?.organization?.auditLog?.nodes);
  if (!entries && error)
    return <LoadFault message={error.message} retry={() => reload({ requestPolicy: 'network-only' })} />;
  if (!entries) return <SkeletonRows count={4} />;
  return (
    <Names entries={entries}>
      <ol aria-label="Latest changes" className="divide-y divide-line">
        {entries.map((entry) => (
          <Line
            key={entry.id}
            at={entry.occurredAt}
            to={opens('/audit/:entryId') ? `/audit/${entry.id}` : undefined}
          >
            <AuditSentence entry={entry} />
          </Line>
        ))}
      </ol>
    </Names>
  );
}

interface SeenChange {
  readonly change: KeyChange;
  readonly at: string;
}

const VERBS: Readonly<Partial<Record<KeyChange['__typename'], string>>> = {
  ApiKeyCreated: 'created the key',
  ApiKeyUpdated: 'changed the key',
  ApiKeyRotated: 'rotated the key',
  ApiKeyRevoked: 'revoked the key',
  ApiKeyExpired: 'recorded the expiry of the key',
};

function Seen() {
  const { events } = useOrganization();
  const [changes, setChanges] = useState<readonly SeenChange[]>([]);
  useEffect(
    () =>
      events.onChange((change) =>
        setChanges((before) => [{ change, at: new Date().toISOString() }, ...before].slice(0, SHOWN_MAX)),
      ),
    [events],
  );
  if (changes.length === 0) return <p className="px-4 py-5 text-soft">{TEXTS.changes.none}</p>;
  return (
    <ol aria-label="Latest changes" className="divide-y divide-line">
      {changes.map(({ change, at }) => (
        <Line key={change.cursor} at={at}>
          <ActorName actor={change.actor} /> {VERBS[change.__typename] ?? 'changed the key'}{' '}
          <Link href={`/keys/${change.apiKey.id}`} className="font-medium hover:underline">
            <bdi>{change.apiKey.name}</bdi>
          </Link>
        </Line>
      ))}
    </ol>
  );
}

function Line({
  at,
  to,
  children,
}: {
  readonly at: string;
  /** Where its details are. */
  readonly to?: string | undefined;
  readonly children: React.ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-2.5 sm:flex-nowrap">
      <span className="min-w-0 break-words">{children}</span>
      <span className="shrink-0 text-small text-soft">
        {to ? (
          <Link href={to} className="hover:text-text hover:underline">
            <RelativeTime at={at} />
          </Link>
        ) : (
          <RelativeTime at={at} />
        )}
      </span>
    </li>
  );
}
