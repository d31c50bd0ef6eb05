import type { VerificationCode } from '../../generated/graphql.ts';
import type { Attempt, DeniedKey } from './denial-log.ts';

/** Grouping of denials. `attempt`: by key, reason and address. */
export type Grouping = 'attempt' | 'key' | 'reason' | 'address';

/** A group of denials. */
export interface DenialGroup {
  readonly id: string;
  readonly count: number;
  readonly lastSeen: string;
  /** The distinct keys, reasons and addresses, newest first. */
  readonly keys: readonly DeniedKey[];
  readonly codes: readonly VerificationCode[];
  readonly ips: readonly (string | null)[];
}

const IDS: Readonly<Record<Grouping, (attempt: Attempt) => string>> = {
  attempt: ({ key, code, ip }) => `${key?.id} ${code} ${ip}`,
  key: ({ key }) => key?.id ?? 'unknown',
  reason: ({ code }) => code,
  address: ({ ip }) => ip ?? 'unknown',
};

/** Groups the attempts (newest first). Returns the groups, newest first. */
export function groupDenials(attempts: readonly Attempt[], by: Grouping): readonly DenialGroup[] {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const id = IDS[by](attempt);
    const group = groups.get(id);
    if (group) group.push(attempt);
    else groups.set(id, [attempt]);
  }
  return [...groups].map(([id, members]) => ({
    id,
    count: members.reduce((sum, { count }) => sum + count, 0),
    lastSeen: members[0]?.lastSeen ?? '',
    keys: [...new Map(members.map(({ key }) => [key?.id, key])).values()],
    codes: [...new Set(members.map(({ code }) => code))],
    ips: [...new Set(members.map(({ ip }) => ip))],
  }));
}
