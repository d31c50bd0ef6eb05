import { useDocumentState } from '../design/patterns/document-title.ts';
import { classNames } from '../design/primitives/class-names.ts';
import type { LiveState } from '../live/connection.ts';
import { useCan, useLiveState } from '../viewer/organization.tsx';

const LOOKS = {
  connecting: ['text-soft', 'animate-breathe', 'Connecting'],
  live: ['text-live', '', 'Live'],
  reconnecting: ['text-warn', 'animate-breathe', 'Reconnecting'],
  'caught-up': ['text-live', '', 'Caught up'],
} as const satisfies Record<LiveState, readonly [string, string, string]>;

const MEANINGS: Readonly<Record<LiveState, string>> = {
  connecting: 'Live updates start in a moment',
  live: 'Changes appear automatically',
  reconnecting: 'The connection is lost. Missed changes appear when it is back.',
  'caught-up': 'The connection is back. No changes were missed.',
};

/** Whether the page's data is current. */
export function LiveBadge() {
  const state = useLiveState();
  const can = useCan();
  useDocumentState(state === 'reconnecting' ? 'Reconnecting' : null);
  if (!can('api.key.view')) return null;
  const [colour, motion, word] = LOOKS[state];
  return (
    <span
      role="status"
      data-live={state}
      title={MEANINGS[state]}
      className={classNames('inline-flex h-9 items-center gap-2 px-1 text-small font-medium', colour)}
    >
      <span aria-hidden="true" className={classNames('size-2 rounded-full bg-current', motion)} />
      {word}
    </span>
  );
}
