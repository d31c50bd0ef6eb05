import { type ComponentType, useState } from 'react';
import { Button, ButtonLink } from '../../../design/primitives/button.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { keyAddress, useKeyActions } from './key-actions.ts';

/** The buttons of a key's page. What a dialog reports stays until it is closed, although its button is gone. */
export function KeyActionButtons({ apiKey }: { readonly apiKey: KeyFactsFragment }) {
  const actions = useKeyActions()(apiKey);
  const [asked, setAsked] = useState<ComponentType<{
    readonly apiKey: KeyFactsFragment;
    onClose(): void;
  }> | null>(null);
  const Asked = asked;
  return (
    <>
      {actions.map(({ id, label, icon, danger, opens }) => {
        const Icon = icon(apiKey);
        const content = (
          <>
            <Icon size={16} aria-hidden="true" />
            {label(apiKey)}
          </>
        );
        if ('view' in opens)
          return (
            <ButtonLink key={id} to={keyAddress(opens, apiKey)}>
              {content}
            </ButtonLink>
          );
        return (
          <Button
            key={id}
            onClick={() => setAsked(() => opens.Dialog)}
            className={danger ? 'text-danger!' : ''}
          >
            {content}
          </Button>
        );
      })}
      {Asked && <Asked apiKey={apiKey} onClose={() => setAsked(null)} />}
    </>
  );
}
