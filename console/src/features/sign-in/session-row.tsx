import { Laptop, Smartphone, SquareTerminal } from 'lucide-react';
import { Badge } from '../../design/primitives/badge.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { DateText, RelativeTime } from '../../design/primitives/time.tsx';
import type { SessionsQuery } from '../../generated/graphql.ts';
import { deviceOf, isHandheld } from './device.ts';

/** A session: device, last use and reach. */
export function SessionRow({
  session,
  busy,
  onEnd,
}: {
  readonly session: SessionsQuery['viewer']['sessions'][number];
  readonly busy: boolean;
  onEnd(): void;
}) {
  const { userAgent, current, createdAt, lastSeenAt, expiresAt, organization } = session;
  // The current browser is known even if the log no longer contains it.
  const agent = userAgent ?? (current ? navigator.userAgent : null);
  const device = agent ? deviceOf(agent) : 'A program';
  const Icon = agent ? (isHandheld(agent) ? Smartphone : Laptop) : SquareTerminal;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-4 last:border-0">
      <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-hover text-soft">
        <Icon size={18} aria-hidden="true" />
      </span>
      <div className="min-w-0 grow basis-48">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <span {...(agent ? { title: agent } : {})}>{device}</span>
          {current && (
            <Badge tone="good" dot>
              This session
            </Badge>
          )}
        </p>
        <p className="text-[0.8125rem] text-soft">
          Last used <RelativeTime at={lastSeenAt} /> · signed in <DateText at={createdAt} /> · expires by{' '}
          <DateText at={expiresAt} />
        </p>
        {organization && <p className="text-[0.8125rem] text-soft">Only for {organization.name}</p>}
      </div>
      <Button
        size="small"
        busy={busy}
        onClick={onEnd}
        aria-label={`Sign out: ${device}`}
        className="max-xs:ml-14 xs:self-center"
      >
        Sign out
      </Button>
    </li>
  );
}
