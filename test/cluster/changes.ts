import type { Action, ChangeEvent } from '../../src/changes/events.ts';
import { newId } from '../../src/core/ids.ts';

/** A change that nobody made. */
export function changeOf(
  organizationId: string,
  sequence: number,
  action: Action,
  targetId: string,
): ChangeEvent {
  const id = newId('evt');
  return {
    type: 'change',
    id,
    organizationId,
    sequence,
    action,
    actor: 'test',
    targetId,
    changes: {},
    occurredAt: 0,
  };
}
