import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';

/** A client's position in an organization's order of changes. Reveals nothing that the client doesn't know. */
export function encodeCursor(organizationId: string, sequence: number): string {
  return Buffer.from(`${organizationId} ${sequence}`).toString('base64url');
}

/** The sequence in a cursor. Throws CURSOR_INVALID if the cursor is malformed or another organization's. */
export function decodeCursor(cursor: string, organizationId: string): number {
  const [owner = '', text = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const sequence = Number(text);
  const valid =
    /^\d{1,16}$/.test(text) && Number.isSafeInteger(sequence) && isId('org', owner) && rest.length === 0;
  if (valid && owner === organizationId && encodeCursor(owner, sequence) === cursor) return sequence;
  throw new AppError('CURSOR_INVALID', 'This cursor doesn’t belong to this organization');
}
