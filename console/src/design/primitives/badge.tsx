import type { LucideIcon } from 'lucide-react';
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

const DOTS: Readonly<Record<Tone, string>> = {
  good: 'bg-good',
  warn: 'bg-warn',
  danger: 'bg-danger',
  accent: 'bg-accent',
  neutral: 'bg-line-strong',
};

const SHAPE = 'inline-flex h-5 max-w-full items-center gap-1.5 text-xs font-medium whitespace-nowrap';

/** A status label. `quiet`: the expected state, without a background, so that exceptions stand out in a list. */
export function Badge({
  tone = 'neutral',
  dot = false,
  quiet = false,
  icon: Icon,
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly dot?: boolean;
  readonly quiet?: boolean;
  /** Instead of a dot, for what must not rely on color and be found at a glance. */
  readonly icon?: LucideIcon;
  /** Details, which are also elsewhere. */
  readonly title?: string;
  readonly children: ReactNode;
}) {
  if (quiet)
    return (
      <span className={classNames(SHAPE, 'text-soft')}>
        {dot && (
          <span aria-hidden="true" className={classNames('size-2 shrink-0 rounded-full', DOTS[tone])} />
        )}
        <span className="truncate">{children}</span>
      </span>
    );
  return (
    <span title={title} className={classNames(SHAPE, 'rounded-md px-2', TONES[tone])}>
      {Icon && <Icon size={12} className="-ml-0.5 shrink-0" aria-hidden="true" />}
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
    <Badge tone={tone} dot quiet={status === 'ACTIVE'}>
      {word}
    </Badge>
  );
}

const SECRET_STATUS = {
  ACTIVE: ['good', 'Active'],
  RETIRING: ['warn', 'Retiring'],
  EXPIRED: ['neutral', 'Expired'],
  REVOKED: ['danger', 'Revoked'],
} as const satisfies Record<SecretStatus, readonly [Tone, string]>;

/** Whether a secret is accepted. */
export function SecretStatusBadge({ status }: { readonly status: SecretStatus }) {
  const [tone, word] = SECRET_STATUS[status];
  return (
    <Badge tone={tone} dot quiet={status === 'ACTIVE'}>
      {word}
    </Badge>
  );
}

/** The environment of a key. Outlined, because it is not a state. */
export function EnvironmentBadge({ environment }: { readonly environment: Environment }) {
  const isLive = environment === 'LIVE';
  return (
    <span
      className={classNames(
        SHAPE,
        'rounded-md border px-1.5 text-soft',
        isLive ? 'border-line' : 'border-dashed border-line-strong',
      )}
    >
      {isLive ? 'Live' : 'Test'}
    </span>
  );
}
