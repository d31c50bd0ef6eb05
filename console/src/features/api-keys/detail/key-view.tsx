import { useParams } from 'wouter';
import { CopyButton } from '../../../design/patterns/copy-button.tsx';
import { BackLink, Page } from '../../../design/patterns/page.tsx';
import { EnvironmentBadge, KeyStatus } from '../../../design/primitives/badge.tsx';
import { KeyDetailsDocument } from '../../../generated/graphql.ts';
import { useWatchedKey } from '../../../live/use-watched-key.ts';
import { useCan } from '../../../viewer/organization.tsx';
import { RotationBanner } from '../rotate/rotation-banner.tsx';
import { AuditCard } from './audit-card.tsx';
import { DenialsCard } from './denials-card.tsx';
import { KeyActionButtons } from './key-action-buttons.tsx';
import { type KeyDetails, KeyFacts } from './key-facts.tsx';
import { MissingKey } from './missing-key.tsx';
import { PermissionsCard } from './permissions-card.tsx';
import { SecretsCard } from './secrets-card.tsx';
import { UsageCard } from './usage-card.tsx';

/** The page of a key, updated live. */
export function KeyView() {
  const { keyId: id = '' } = useParams();
  const { data, error, reload } = useWatchedKey(KeyDetailsDocument, id);
  if (data?.apiKey) return <KeyPage key={id} apiKey={data.apiKey} />;
  return <MissingKey loaded={data !== undefined} error={error} reload={reload} />;
}

function KeyPage({ apiKey }: { readonly apiKey: KeyDetails }) {
  const { id, name, start, status, environment, secrets } = apiKey;
  const can = useCan();
  return (
    <div className="flex flex-col gap-3">
      <BackLink to="/keys">Keys</BackLink>
      <Page
        title={name}
        heading={<span className={status === 'REVOKED' ? 'line-through' : undefined}>{name}</span>}
        description={
          <span className="flex flex-wrap items-center gap-2.5 pt-1">
            <span className="font-mono text-small">{start}…</span>
            <KeyStatus status={status} />
            <EnvironmentBadge environment={environment} />
            <CopyButton text={id} name="ID of the key" words="Copy ID" size="small" />
          </span>
        }
        actions={<KeyActionButtons apiKey={apiKey} />}
      >
        <RotationBanner keyId={id} secrets={secrets} />
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="flex min-w-0 flex-col gap-5">
            <UsageCard id={id} lastUsedAt={apiKey.lastUsedAt} />
            <SecretsCard secrets={secrets} />
            <PermissionsCard apiKey={apiKey} />
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            <KeyFacts apiKey={apiKey} />
            <DenialsCard id={id} />
            {can('audit.view') && <AuditCard id={id} />}
          </div>
        </div>
      </Page>
    </div>
  );
}
