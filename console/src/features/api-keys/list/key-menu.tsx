import { Copy, ExternalLink } from 'lucide-react';
import { type ComponentType, useState } from 'react';
import { useRouter } from 'wouter';
import { useCopy } from '../../../design/patterns/copy-button.tsx';
import { type AfterMenu, focusRowMenu } from '../../../design/patterns/table.tsx';
import { MenuItem, MenuLine, MenuLink } from '../../../design/primitives/menu.tsx';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';
import { useOpens } from '../../../shell/views.tsx';
import { keyAddress, useKeyActions } from '../detail/key-actions.ts';
import { MENU } from './texts.ts';

/** A dialog about a key, as the key was when it was opened: it may leave the list meanwhile. */
interface Asked {
  readonly apiKey: KeyFactsFragment;
  readonly Dialog: ComponentType<{ readonly apiKey: KeyFactsFragment; onClose(): void }>;
}

/** The menu of a key in the list, and the dialog that one of its items opened. */
export function useKeyMenu() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => {
    setAsked(null);
    // A dialog of several steps doesn't know what had the focus before the first.
    setTimeout(() => asked && document.activeElement === document.body && focusRowMenu(asked.apiKey.id));
  };
  return {
    menu: {
      items: (apiKey: KeyFactsFragment, after: AfterMenu) => (
        <KeyMenuItems apiKey={apiKey} ask={(Dialog) => after(() => setAsked({ apiKey, Dialog }))} />
      ),
    },
    dialog: asked && <asked.Dialog apiKey={asked.apiKey} onClose={close} />,
  };
}

function KeyMenuItems({
  apiKey,
  ask,
}: {
  readonly apiKey: KeyFactsFragment;
  ask(dialog: Asked['Dialog']): void;
}) {
  const { base } = useRouter();
  const opens = useOpens();
  const copy = useCopy();
  const actions = useKeyActions()(apiKey);
  const [safe, dangerous] = [actions.filter(({ danger }) => !danger), actions.filter(({ danger }) => danger)];
  return (
    <>
      {opens('/keys/:keyId') && (
        <MenuItem onSelect={() => window.open(`${base}/keys/${apiKey.id}`, '_blank', 'noopener')}>
          <ExternalLink size={16} aria-hidden="true" />
          {MENU.newTab}
        </MenuItem>
      )}
      <MenuItem onSelect={() => void copy(apiKey.id, 'ID')}>
        <Copy size={16} aria-hidden="true" />
        {MENU.copyId}
      </MenuItem>
      {[safe, dangerous].map(
        (group, index) =>
          group.length > 0 && (
            // biome-ignore lint/suspicious/noArrayIndexKey: there are always two groups.
            <div key={index} role="presentation">
              <MenuLine />
              {group.map(({ id, icon, label, danger = false, opens: opened }) => {
                const Icon = icon(apiKey);
                const content = (
                  <>
                    <Icon size={16} aria-hidden="true" />
                    {label(apiKey)}
                  </>
                );
                if ('view' in opened)
                  return (
                    <MenuLink key={id} to={keyAddress(opened, apiKey)}>
                      {content}
                    </MenuLink>
                  );
                return (
                  <MenuItem key={id} danger={danger} onSelect={() => ask(opened.Dialog)}>
                    {content}
                  </MenuItem>
                );
              })}
            </div>
          ),
      )}
    </>
  );
}
