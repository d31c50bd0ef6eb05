import { CalendarClock, ClockAlert, RefreshCw } from 'lucide-react';
import { now } from '../../../api/clock.ts';
import { Badge, KeyStatus } from '../../../design/primitives/badge.tsx';
import { timeText } from '../../../design/primitives/time-text.ts';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { type Condition, conditionsOf } from './key-conditions.ts';
import { useSecretsOnScreen } from './on-screen.tsx';
import { CONDITIONS } from './texts.ts';

/** Each has a shape and a word of its own, besides its color. */
const SIGNS = {
  overdue: { tone: 'warn', icon: ClockAlert },
  expiring: { tone: 'warn', icon: CalendarClock },
  rotating: { tone: 'neutral', icon: RefreshCw },
} as const satisfies Record<Condition, unknown>;

/** Whether a key is accepted, and what somebody should do about it soon. */
export function KeyState({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const secrets = useSecretsOnScreen(apiKey.id);
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <KeyStatus status={apiKey.status} />
      {conditionsOf(apiKey, secrets, now()).map(({ condition, at }) => (
        <Badge key={condition} {...SIGNS[condition]} title={CONDITIONS[condition].detail(timeText(at))}>
          {CONDITIONS[condition].word}
        </Badge>
      ))}
    </span>
  );
}
