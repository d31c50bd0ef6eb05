import type { ReactNode } from 'react';
import type { ApiKeyStatus, Environment, SecretStatus } from '../../generated/graphql.ts';
import { classNames } from './class-names.ts';

/** Color of a badge. Its text conveys the same meaning. */
export type Tone = 'good' | 'warn' | 'danger' | 'accent' | 'neutral';

const TONES: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
  accent: 'bg-accent-soft text-accent-strong',
  neutral: 'bg-hover text-soft',
};

/** A status label. */
export function Badge({
  tone = 'neutral',
  dot = false,
  children,
}: {
  readonly tone?: Tone;
  readonly dot?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        'inline-flex h-6 max-w-full items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {dot && <span aria-hidden="true" className="size-1.5 shrink-0 rounded-full bg-current" />}
      <span className="truncate">{children}</span>
    </span>
  );
}

const KEY_STATUS = {
  ACTIVE: ['good', 'Active'],
  DISABLED: ['warn', 'Disabled'],
  EXPIRED: ['warn', 'Expired'],
  REVOKED: ['danger', 'Revoked'],
} as const satisfies Record<ApiKeyStatus, readonly [Tone, string]>;

/** Whether a key is accepted. */
export function KeyStatus({ status }: { readonly status: ApiKeyStatus }) {
  const [tone, word] = KEY_STATUS[status];
  return (
    <Badge tone={tone} dot>
      {word}
    </Badge>
  );
}

const SECRET_STATUS = {
  ACTIVE: ['good', 'Active'],
  RETIRING: ['accent', 'Retiring'],
  EXPIRED: ['neutral', 'Expired'],
  REVOKED: ['danger', 'Revoked'],
} as const satisfies Record<SecretStatus, readonly [Tone, string]>;

/** Whether a secret is accepted. */
export function SecretStatusBadge({ status }: { readonly status: SecretStatus }) {
  const [tone, word] = SECRET_STATUS[status];
  return (
    <Badge tone={tone} dot>
      {word}
    </Badge>
  );
}

/** The environment of a key. */
export function EnvironmentBadge({ environment }: { readonly environment: Environment }) {
  return (
    <Badge tone={environment === 'LIVE' ? 'accent' : 'neutral'}>
      {environment === 'LIVE' ? 'Live' : 'Test'}
    </Badge>
  );
}
