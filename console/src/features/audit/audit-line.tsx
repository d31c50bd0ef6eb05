import { ChevronDown } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { CopyButton } from '../../design/patterns/copy-button.tsx';
import { Fact, Facts } from '../../design/patterns/page.tsx';
import { Button, ButtonLink } from '../../design/primitives/button.tsx';
import { classNames } from '../../design/primitives/class-names.ts';
import { FullTime, RelativeTime } from '../../design/primitives/time.tsx';
import type { AuditFactsFragment } from '../../generated/graphql.ts';
import { ActorName } from '../../shell/actor-name.tsx';
import { useOpens } from '../../shell/views.tsx';
import { useOrganization } from '../../viewer/organization.tsx';
import { AuditChanges } from './audit-changes.tsx';
import { actorOf } from './audit-file.ts';
import type { AuditSearch } from './audit-search.ts';
import { AuditSentence } from './audit-sentence.tsx';

/**
 * An entry in one sentence, with all details when expanded. `narrow` filters the log that contains it. Omitted: nothing
 * can be filtered. Render it in `Names`.
 */
export function AuditLine({
  entry,
  narrow,
  isHighlighted = false,
}: {
  readonly entry: AuditFactsFragment;
  narrow?(changes: Partial<AuditSearch>): void;
  /** Whether the page is about this entry: it is expanded, and scrolled into view. */
  readonly isHighlighted?: boolean;
}) {
  const [isOpen, setOpen] = useState(isHighlighted);
  const id = useId();
  const line = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isHighlighted) line.current?.scrollIntoView({ block: 'nearest' });
  }, [isHighlighted]);
  return (
    <li
      aria-current={isHighlighted || undefined}
      className={classNames(
        'border-b border-line last:border-0',
        isHighlighted && 'bg-accent-soft shadow-[inset_2px_0_0_var(--color-accent)]',
      )}
      data-entry={entry.sequence}
    >
      <button
        ref={line}
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-3 text-left hover:bg-hover/60 sm:flex-nowrap"
      >
        <span className="w-full min-w-0 grow basis-full break-words sm:w-auto sm:basis-0">
          <AuditSentence entry={entry} />
        </span>
        <span className="shrink-0 text-[0.8125rem] text-soft sm:w-28 sm:text-right">
          <RelativeTime at={entry.occurredAt} />
        </span>
        <ChevronDown
          size={16}
          aria-hidden="true"
          className={classNames(
            'ml-auto shrink-0 text-soft transition-transform sm:ml-0',
            isOpen && 'rotate-180',
          )}
        />
      </button>
      <div id={id} hidden={!isOpen} className="px-4 pt-1 pb-4">
        {isOpen && <Details entry={entry} narrow={narrow} />}
      </div>
    </li>
  );
}

function Details({
  entry,
  narrow,
}: {
  readonly entry: AuditFactsFragment;
  readonly narrow: ((changes: Partial<AuditSearch>) => void) | undefined;
}) {
  const { targetId } = entry;
  const actor = actorOf(entry.actor);
  const { slug } = useOrganization();
  const opens = useOpens();
  const link = `/audit/${entry.id}`;
  return (
    <div className="flex flex-col gap-4 rounded-lg border border-line bg-card p-4">
      <AuditChanges changes={entry.changes} />
      <Facts>
        <Fact name="Action">
          <Code>{entry.action}</Code>
        </Fact>
        <Fact name="When">
          <FullTime at={entry.occurredAt} />
        </Fact>
        <Fact name="Who">
          <ActorName actor={entry.actor} />
        </Fact>
        <Fact name="Outcome">{entry.outcome === 'DENIED' ? 'Denied' : 'Done'}</Fact>
        {targetId && (
          <Fact name="Object">
            <Code>{targetId}</Code>
          </Fact>
        )}
        <Fact name="Address">{entry.ip ?? 'None (on the server itself)'}</Fact>
        {entry.userAgent && <Fact name="Client">{entry.userAgent}</Fact>}
        <Fact name="Number">{entry.sequence}</Fact>
      </Facts>
      <div className="flex flex-wrap gap-2">
        {narrow && (
          <>
            <Button size="small" onClick={() => narrow({ actor: actor.id })}>
              Only by {actor.name}
            </Button>
            {targetId && (
              <Button size="small" onClick={() => narrow({ target: targetId })}>
                Only this object
              </Button>
            )}
            <Button size="small" onClick={() => narrow({ action: entry.action })}>
              Only this action
            </Button>
          </>
        )}
        {targetId && /^key_/.test(targetId) && opens('/keys/:keyId') && (
          <ButtonLink size="small" to={`/keys/${targetId}`}>
            Open the key
          </ButtonLink>
        )}
        <CopyButton size="small" text={`${location.origin}/o/${slug}${link}`} name="link" words="Copy link" />
      </div>
    </div>
  );
}

function Code({ children }: { readonly children: ReactNode }) {
  return <code className="font-mono text-[0.8125rem] break-all">{children}</code>;
}
