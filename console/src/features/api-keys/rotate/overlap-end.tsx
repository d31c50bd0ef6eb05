import { DAY_MS, now } from '../../../api/clock.ts';
import { FullTime } from '../../../design/primitives/time.tsx';
import { remaining } from './spoken.ts';
import type { Secrets } from './use-rotation.ts';

/** Until when both secrets are accepted, and what happens then. */
export function OverlapEnd({ active, retiring }: Secrets) {
  const ends = retiring.map(({ expiresAt }) => expiresAt ?? '').sort();
  const end = ends.at(-1);
  if (!end) return null;
  const left = Date.parse(end) - now();
  const lastUse = Math.max(...retiring.map(({ lastUsedAt }) => Date.parse(lastUsedAt ?? '') || 0));
  // Who still used the old secret today will be denied tomorrow.
  const isUrgent = left < DAY_MS && now() - lastUse < DAY_MS;
  return (
    <div
      className={`rounded-xl border px-4 py-3 ${isUrgent ? 'border-warn bg-warn-soft' : 'border-line bg-card'}`}
    >
      <p className={isUrgent ? 'font-medium text-warn' : 'font-medium'}>
        Both secrets are accepted for another {remaining(left)}, until <FullTime at={end} />.
      </p>
      <p className={isUrgent ? 'mt-0.5 text-small text-warn' : 'mt-0.5 text-small text-soft'}>
        Then {retiring.length === 1 ? 'the old secret expires' : 'the last of the old secrets expires'} by
        itself, and requests with it are denied. The new secret{' '}
        {active.expiresAt ? 'is not affected' : 'stays valid'}. Finish the rotation earlier as soon as the old
        secret is no longer used.
      </p>
    </div>
  );
}
