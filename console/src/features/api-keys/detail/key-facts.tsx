import type { ReactNode } from 'react';
import { LastUsed } from '../../../design/patterns/last-used.tsx';
import { Card, Fact, Facts } from '../../../design/patterns/page.tsx';
import { counted } from '../../../design/primitives/counted.ts';
import { duration } from '../../../design/primitives/duration.ts';
import { Scrolling } from '../../../design/primitives/scrolling.tsx';
import { DateText, FullTime, RelativeTime } from '../../../design/primitives/time.tsx';
import type { KeyDetailsQuery } from '../../../generated/graphql.ts';
import { ActorName } from '../../../shell/actor-name.tsx';

/** A key with the properties that its page shows. */
export type KeyDetails = NonNullable<KeyDetailsQuery['apiKey']>;

/** The key's current properties. */
export function KeyFacts({ apiKey }: { readonly apiKey: KeyDetails }) {
  const { teams, ipAllowlist, rateLimit, externalId, metadata } = apiKey;
  return (
    <Card title="Details">
      <Facts>
        <Fact name="ID">
          <span className="font-mono text-[0.8125rem] break-all">{apiKey.id}</span>
        </Fact>
        {apiKey.description && <Fact name="Description">{apiKey.description}</Fact>}
        <Fact name="Last used">
          <LastUsed at={apiKey.lastUsedAt} />
          {apiKey.lastUsedIp && <span className="text-soft"> from {apiKey.lastUsedIp}</span>}
        </Fact>
        <Fact name="Created">
          <DateText at={apiKey.createdAt} />
          {apiKey.createdBy && (
            <>
              {' by '}
              <ActorName actor={apiKey.createdBy} />
            </>
          )}
        </Fact>
        <Fact name="Expires">{apiKey.expiresAt ? <FullTime at={apiKey.expiresAt} /> : 'Never'}</Fact>
        {apiKey.rotationDueAt && (
          <Fact name="Rotation due">
            <RelativeTime at={apiKey.rotationDueAt} />
          </Fact>
        )}
        <Fact name="Teams">{teams.map(({ name }) => name).join(', ') || 'All teams'}</Fact>
        <Fact name="Allowed IPs">
          {ipAllowlist.length > 0 ? <Lines of={ipAllowlist} /> : 'All addresses'}
        </Fact>
        <Fact name="Rate limit">
          {rateLimit ? `${counted(rateLimit.limit, 'use')} in ${duration(rateLimit.windowSeconds)}` : 'None'}
        </Fact>
        {externalId && <Fact name="External ID">{externalId}</Fact>}
        {metadata && Object.keys(metadata).length > 0 && (
          <Fact name="Metadata">
            <Scrolling label="Metadata" className="max-h-40 rounded-lg bg-hover p-2.5">
              <pre className="font-mono text-xs">{JSON.stringify(metadata, null, 2)}</pre>
            </Scrolling>
          </Fact>
        )}
        {apiKey.revokedAt && <Revocation apiKey={apiKey} at={apiKey.revokedAt} />}
      </Facts>
    </Card>
  );
}

function Revocation({ apiKey, at }: { readonly apiKey: KeyDetails; readonly at: string }): ReactNode {
  return (
    <>
      <Fact name="Revoked">
        <FullTime at={at} />
        {apiKey.revokedBy && (
          <>
            {' by '}
            <ActorName actor={apiKey.revokedBy} />
          </>
        )}
      </Fact>
      {apiKey.revocationReason && <Fact name="Reason">{apiKey.revocationReason}</Fact>}
    </>
  );
}

function Lines({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className="font-mono text-[0.8125rem]">
      {of.map((line) => (
        <li key={line} className="break-all">
          {line}
        </li>
      ))}
    </ul>
  );
}
