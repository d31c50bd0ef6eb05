import { DENIED_ACTIONS } from '../changes/events.ts';
import { idType } from '../core/ids.ts';
import { Input } from '../core/input.ts';

/** Filter of the audit log. All conditions must match; null is ignored. Times are milliseconds since the epoch. */
export interface AuditFilter {
  /** DENIED: attempts that were rejected and changed nothing. */
  readonly outcome?: 'DONE' | 'DENIED' | null | undefined;
  /** Any of these, at most 100. */
  readonly actions?: readonly string[] | null | undefined;
  readonly targetId?: string | null | undefined;
  /** A user's or key's id, or a system actor's name. */
  readonly actorId?: string | null | undefined;
  /** Inclusive. */
  readonly from?: number | null | undefined;
  /** Exclusive. */
  readonly to?: number | null | undefined;
}

/** A validated filter. Null: no condition. */
export interface AuditConditions {
  /** Not empty, without duplicates. */
  readonly actions: readonly string[] | null;
  /** Whether to exclude denied attempts. `actions` contains none of them then. */
  readonly doneOnly: boolean;
  readonly targetId: string | null;
  readonly actorId: string | null;
  /** From the first time (inclusive) to the second (exclusive). */
  readonly time: readonly [from: number, to: number] | null;
}

const ACTIONS_MAX = 100;

const DENIED: readonly string[] = DENIED_ACTIONS;

/**
 * Validates a filter. Null if no entry can match, so that malformed ids never reach the database. Throws
 * BAD_USER_INPUT.
 */
export function readAuditFilter(filter: AuditFilter): AuditConditions | null {
  const input = new Input();
  const named = input.uniqueStrings(['filter', 'actions'], filter.actions, ACTIONS_MAX).filter(isPlain);
  input.checkArguments();
  const outcome = filter.outcome ?? null;
  const actions = actionsOf(outcome, (filter.actions ?? null) === null ? null : named);
  const { targetId = null, actorId = null } = filter;
  const from = filter.from ?? 0;
  const to = filter.to ?? Number.MAX_SAFE_INTEGER;
  if (actions?.length === 0 || from >= to) return null;
  if (targetId !== null && !idType(targetId)) return null;
  if (actorId !== null && !isPlain(actorId)) return null;
  const isTimed = (filter.from ?? filter.to ?? null) !== null;
  return {
    actions,
    doneOnly: outcome === 'DONE' && actions === null,
    targetId,
    actorId,
    time: isTimed ? [from, to] : null,
  };
}

/** Actions to search for. Actions of changes may be unknown here, because a newer release wrote them. */
function actionsOf(
  outcome: 'DONE' | 'DENIED' | null,
  named: readonly string[] | null,
): readonly string[] | null {
  if (outcome === null || (outcome === 'DONE' && named === null)) return named;
  if (named === null) return DENIED;
  return named.filter((action) => DENIED.includes(action) === (outcome === 'DENIED'));
}

/** Whether the text can be an action or an actor. No other text reaches the database. */
function isPlain(text: string): boolean {
  return /^[\w.:-]{1,100}$/.test(text);
}
