import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Card } from '../../design/patterns/page.tsx';
import { KeyStatus } from '../../design/primitives/badge.tsx';
import { counted } from '../../design/primitives/counted.ts';
import type { RoleFactsFragment } from '../../generated/graphql.ts';
import { useOpens } from '../../shell/views.tsx';
import { personName } from '../members/member-list.ts';
import { PermissionChanges } from './permission-changes.tsx';
import { difference } from './permission-choice.ts';
import { lostBy, type RoleReach, useRoleReach } from './role-reach.ts';

/** Maximum number of listed names; the rest is a number. */
const NAMED_MAX = 50;

/** Members and keys with the role, and how the permissions in the form would change theirs. */
export function RoleImpact({
  role,
  after,
}: {
  readonly role: RoleFactsFragment;
  readonly after: readonly string[];
}) {
  const reach = useRoleReach(role);
  const opensKeys = useOpens()('/keys/:keyId');
  const { gained, lost } = difference(role.permissions, after);
  const changes = gained.length > 0 || lost.length > 0;
  const touched = `${counted(reach.keyCount, 'key')} and ${counted(reach.peopleCount, 'member')}`;
  return (
    <Card title={changes ? 'Effect of saving' : 'Who has this role'}>
      <div className="flex flex-col gap-5">
        <div role="status" className="flex flex-col gap-2">
          {changes ? (
            <>
              <p>{nobody(reach) ? 'No member or key has this role yet.' : `Immediately, for ${touched}:`}</p>
              <PermissionChanges gained={gained} lost={lost} />
            </>
          ) : (
            <p>{nobody(reach) ? 'No member or key yet.' : `${touched}.`}</p>
          )}
        </div>
        <Names title="Members" count={reach.peopleCount} known={reach.people.length}>
          {reach.people.slice(0, NAMED_MAX).map((person) => (
            <li key={person.id} className="truncate">
              {personName(person)}
              {person.name && <span className="text-soft"> {person.email}</span>}
            </li>
          ))}
        </Names>
        <Names title="Keys" count={reach.keyCount} known={reach.keys.length}>
          {reach.keys.slice(0, NAMED_MAX).map((key) => {
            const spared = lost.length > 0 && lostBy(key, lost).length < lost.length;
            return (
              <li key={key.id} className="flex min-w-0 flex-wrap items-center gap-x-2">
                {opensKeys ? (
                  <Link href={`/keys/${key.id}`} className="truncate font-medium hover:underline">
                    {key.name}
                  </Link>
                ) : (
                  <span className="truncate font-medium">{key.name}</span>
                )}
                {key.status !== 'ACTIVE' && <KeyStatus status={key.status} />}
                {spared && <span className="text-xs text-soft">keeps its directly granted permissions</span>}
              </li>
            );
          })}
        </Names>
      </div>
    </Card>
  );
}

function Names({
  title,
  count,
  known,
  children,
}: {
  readonly title: string;
  readonly count: number;
  /** How many of them are visible to the viewer and loaded. */
  readonly known: number;
  readonly children: readonly ReactNode[];
}) {
  if (count === 0) return null;
  const more = Math.max(count, known) - Math.min(known, NAMED_MAX);
  return (
    <div>
      <h3 className="mb-1 font-medium">
        {title} <span className="font-normal text-soft tabular-nums">{count.toLocaleString('en')}</span>
      </h3>
      <ul aria-label={`${title} with this role`} className="flex flex-col gap-1">
        {children}
      </ul>
      {more > 0 && <p className="mt-1 text-soft">and {more.toLocaleString('en')} more</p>}
    </div>
  );
}

function nobody({ keyCount, peopleCount }: RoleReach): boolean {
  return keyCount + peopleCount === 0;
}
