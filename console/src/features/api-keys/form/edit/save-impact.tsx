import { Undo2 } from 'lucide-react';
import { useRef } from 'react';
import { Card } from '../../../../design/patterns/page.tsx';
import { IconButton } from '../../../../design/primitives/button.tsx';
import { PermissionChanges } from '../../../roles/permission-changes.tsx';
import { difference } from '../../../roles/permission-choice.ts';
import { useRoles } from '../../../roles/role-list.ts';
import { useTeamNames } from '../../../teams/team-list.ts';
import { type EditedKey, FIELD_NAMES } from './edit-draft.ts';
import { effectOf } from './effects.tsx';
import type { Edit } from './use-edit.ts';

/** Changes that saving would make, each with an undo button, and the permissions gained and lost. */
export function SaveImpact({ apiKey, edit }: { readonly apiKey: EditedKey; readonly edit: Edit }) {
  const { draft, changed, undo } = edit;
  const { rows: roles } = useRoles();
  const { rows: teams } = useTeamNames();
  const role = [...roles, ...(apiKey.role ? [apiKey.role] : [])].find(({ id }) => id === draft.roleId);
  const after = [...(role?.permissions ?? []), ...draft.grants];
  const { gained, lost } = difference(apiKey.permissions, after);
  const isAboutRights = changed.includes('roleId') || changed.includes('grants');
  // The undo button disappears, so focus moves to its neighbour.
  const list = useRef<HTMLDivElement>(null);
  const names = new Map([...teams, ...apiKey.teams].map(({ id, name }) => [id, name]));
  return (
    <Card title="Effect of saving">
      <div ref={list} tabIndex={-1} role="status" className="flex flex-col gap-4 outline-none">
        {changed.length === 0 && <p className="text-soft">No changes yet.</p>}
        {isAboutRights && (
          <div className="flex flex-col gap-2 border-b border-line pb-3">
            <p>
              {gained.length + lost.length === 0
                ? 'Its permissions stay the same.'
                : 'Changes of its permissions from the next request on:'}
            </p>
            <PermissionChanges gained={gained} lost={lost} />
          </div>
        )}
        {changed.length > 0 && (
          <ul aria-label="Changes" className="flex flex-col gap-3">
            {changed.map((field) => (
              <li key={field} className="flex items-start justify-between gap-2">
                <div className="min-w-0">
                  <p className="font-medium">{FIELD_NAMES[field]}</p>
                  <p className="text-[0.8125rem] break-words text-soft">
                    {effectOf(field, { draft, apiKey, newRole: role?.name, teamNames: names })}
                  </p>
                </div>
                <IconButton
                  label={`Undo: ${FIELD_NAMES[field]}`}
                  className="-my-1 size-8"
                  onClick={() => {
                    undo(field);
                    list.current?.focus();
                  }}
                >
                  <Undo2 size={16} aria-hidden="true" />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
