import type { ApiKeyFilter, ApiKeyOrder, KeyFactsFragment } from '../generated/graphql.ts';

/** Whether a key matches a list's filter: the server's conditions, for keys created while the list is open. */
export function isInList(key: KeyFactsFragment, filter: ApiKeyFilter): boolean {
  const { status, environment, roleId, teamId, search } = filter;
  const statuses = status ?? ['ACTIVE', 'DISABLED', 'EXPIRED'];
  return (
    statuses.includes(key.status) &&
    (!environment || key.environment === environment) &&
    (!roleId || key.role?.id === roleId) &&
    (!teamId || key.teams.some(({ id }) => id === teamId)) &&
    (!search || contains(key, search)) &&
    isBefore(key.expiresAt, filter.expiresBefore) &&
    isBefore(key.rotationDueAt, filter.rotationDueBefore) &&
    isBefore(key.lastUsedAt ?? key.createdAt, filter.unusedSince) &&
    !filter.externalId &&
    !filter.createdById
  );
}

function contains(key: KeyFactsFragment, search: string): boolean {
  const wanted = fold(search.trim());
  return [key.name, key.description ?? '', key.start, key.id].some((text) => fold(text).includes(wanted));
}

/** Without a limit everything matches. A null time is never before a limit. */
function isBefore(time: string | null | undefined, limit: string | null | undefined): boolean {
  if (!limit) return true;
  return time ? Date.parse(time) < Date.parse(limit) : false;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Negative if `a` sorts before `b`. Ties are ordered by id. */
export function compareKeys(a: KeyFactsFragment, b: KeyFactsFragment, order: ApiKeyOrder): number {
  const [left, right] = [orderValue(a, order.field), orderValue(b, order.field)];
  const sign = order.direction === 'ASC' ? 1 : -1;
  if (left !== right) return left < right ? -sign : sign;
  return a.id < b.id ? -sign : sign;
}

function orderValue(key: KeyFactsFragment, field: ApiKeyOrder['field']): string {
  if (field === 'NAME') return fold(key.name);
  if (field === 'EXPIRES_AT') return key.expiresAt ?? '9';
  return field === 'LAST_USED_AT' ? (key.lastUsedAt ?? '') : key.createdAt;
}
