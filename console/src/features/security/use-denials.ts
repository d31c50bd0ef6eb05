import { useEffect, useState, useSyncExternalStore } from 'react';
import type { OrganizationClient } from '../../api/client.ts';
import { now } from '../../api/clock.ts';
import { DenialsDocument } from '../../generated/graphql.ts';
import { follow } from '../../live/follow.ts';
import { type OpenOrganization, useOrganization } from '../../viewer/organization.tsx';
import { DenialLog, type Denials } from './denial-log.ts';

/** One log per open organization. It continues while other views are shown, and stops with the connection. */
const logs = new WeakMap<OrganizationClient, DenialLog>();

const neverChanges = () => () => {};

/** The denied verifications since the view was first opened, live. Null until the log is created. */
export function useDenials(): Denials | null {
  const organization = useOrganization();
  const [log, setLog] = useState<DenialLog | null>(null);
  useEffect(() => setLog(logOf(organization)), [organization]);
  return useSyncExternalStore(log?.watch ?? neverChanges, () => log?.denials() ?? null);
}

function logOf({ id: organizationId, api, connection }: OpenOrganization): DenialLog {
  const known = logs.get(api);
  if (known) return known;
  const log = new DenialLog(now());
  logs.set(api, log);
  let begun = false;
  follow(api.client, connection, {
    document: DenialsDocument,
    variables: () => {
      if (begun) log.miss(now());
      begun = true;
      return { organizationId };
    },
    next: ({ apiKeyDenied }) => log.add(apiKeyDenied),
    missed: () => log.miss(now()),
  });
  return log;
}
