import { now } from '../../api/clock.ts';
import { CopyButton } from '../patterns/copy-button.tsx';
import { LastUsed } from '../patterns/last-used.tsx';
import { Badge, EnvironmentBadge, KeyStatus, SecretStatusBadge, type Tone } from '../primitives/badge.tsx';
import { Sparkline } from '../primitives/sparkline.tsx';
import { DateText, RelativeTime } from '../primitives/time.tsx';

const TONES: readonly Tone[] = ['good', 'warn', 'danger', 'accent', 'neutral'];
const HOUR_MS = 3_600_000;

const usage = Array.from({ length: 24 }, (_, hour) => ({
  start: new Date((Math.floor(Date.now() / HOUR_MS) - hour) * HOUR_MS).toISOString(),
  verified: Math.round(40 + 35 * Math.sin(hour / 3.5)),
  denied: 0,
}));

/** Badges, times and figures. */
export function States() {
  const at = new Date(now() - 90 * 60_000).toISOString();
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone} dot>
            {tone}
          </Badge>
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <KeyStatus status="ACTIVE" />
        <KeyStatus status="DISABLED" />
        <KeyStatus status="EXPIRED" />
        <KeyStatus status="REVOKED" />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <SecretStatusBadge status="ACTIVE" />
        <SecretStatusBadge status="RETIRING" />
        <SecretStatusBadge status="EXPIRED" />
        <EnvironmentBadge environment="LIVE" />
        <EnvironmentBadge environment="TEST" />
      </div>
      <div className="flex flex-wrap items-center gap-4">
        <LastUsed at={at} />
        <LastUsed at={null} />
        <RelativeTime at={at} />
        <DateText at={at} />
      </div>
      <div className="flex flex-wrap items-center gap-4">
        <Sparkline usage={usage} />
        <Sparkline usage={[]} />
        <CopyButton text="key_1" name="ID" />
        <CopyButton text="key_1" name="ID of the key" words="Copy" />
      </div>
    </>
  );
}
