import { GitMerge } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../../../design/primitives/button.tsx';
import type { KeyChange } from '../../../../live/key-events.ts';
import { ActorName } from '../../../../shell/actor-name.tsx';
import { useOrganization } from '../../../../viewer/organization.tsx';
import { type EditField, FIELD_NAMES } from './edit-draft.ts';
import type { Edit } from './use-edit.ts';

/** Lists what others changed since the form was opened, and what saving would overwrite. */
export function ChangedMeanwhile({ keyId, edit }: { readonly keyId: string; readonly edit: Edit }) {
  const actor = useLastActor(keyId);
  const { meanwhile, changed, undo, acknowledge } = edit;
  const both = meanwhile.filter((field) => changed.includes(field));
  const theirs = meanwhile.filter((field) => !changed.includes(field));
  return (
    <div role="status" className="contents">
      {meanwhile.length > 0 && (
        <div className="flex gap-3 rounded-xl bg-warn-soft px-4 py-3 text-warn">
          <GitMerge size={18} aria-hidden="true" className="mt-0.5 shrink-0" />
          <div className="flex min-w-0 grow flex-col gap-2">
            <p className="font-medium">
              {actor ? <ActorName actor={actor} /> : 'Someone'} changed this key while you were editing it.
            </p>
            {theirs.length > 0 && <p>The form now shows the new value of: {named(theirs)}.</p>}
            {both.map((field) => (
              <div key={field} className="flex flex-wrap items-center justify-between gap-2">
                <p>You both changed: {FIELD_NAMES[field]}. Saving overwrites their value.</p>
                <Button
                  size="small"
                  onClick={(event) => {
                    undo(field);
                    stay(event.currentTarget);
                  }}
                >
                  Use their value<span className="sr-only"> ({FIELD_NAMES[field]})</span>
                </Button>
              </div>
            ))}
            <Button
              size="small"
              className="self-start"
              onClick={(event) => {
                acknowledge();
                stay(event.currentTarget);
              }}
            >
              Dismiss
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

/** The button disappears when pressed, so focus moves to the form. */
function stay(button: HTMLButtonElement): void {
  button.closest('form')?.focus();
}

function named(fields: readonly EditField[]): string {
  return fields.map((field) => FIELD_NAMES[field]).join(', ');
}

/** The user who last changed the key since this view was opened. */
function useLastActor(keyId: string): KeyChange['actor'] | null {
  const { events } = useOrganization();
  const [actor, setActor] = useState<KeyChange['actor'] | null>(null);
  useEffect(
    () =>
      events.onChange((change) => {
        if (change.apiKey.id === keyId) setActor(change.actor);
      }),
    [events, keyId],
  );
  return actor;
}
