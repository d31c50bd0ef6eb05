import { useState } from 'react';
import { Button } from '../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../generated/graphql.ts';
import { type KeyAction, useKeyActions } from '../api-keys/detail/key-actions.ts';

/** What stops a key, as on its page. */
const STOPPING: readonly string[] = ['enable', 'revoke'];

/** The buttons that disable and revoke a key, if the viewer may. */
export function KeyRemedies({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const actions = useKeyActions()(apiKey).filter(({ id }) => STOPPING.includes(id));
  // As of when it was opened: its result stays after a revocation, when no action applies.
  const [asked, setAsked] = useState<KeyAction | null>(null);
  return (
    <>
      {actions.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {actions.map((action) => {
            const Icon = action.icon(apiKey);
            return (
              <Button
                key={action.id}
                onClick={() => setAsked(action)}
                className={action.danger ? 'text-danger!' : undefined}
              >
                <Icon size={16} aria-hidden="true" />
                {action.label(apiKey)}
              </Button>
            );
          })}
        </div>
      )}
      {asked && 'Dialog' in asked.opens && (
        <asked.opens.Dialog apiKey={apiKey} onClose={() => setAsked(null)} />
      )}
    </>
  );
}
