import { Dialog, DialogBody } from '../../design/primitives/dialog.tsx';
import { HAS_COMMAND_KEY } from '../../shell/commands.ts';
import { SHORTCUTS, SHORTCUTS_TITLE } from './texts.ts';

/** The list of keyboard shortcuts. */
export function Shortcuts({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={SHORTCUTS_TITLE} onClose={onClose}>
      <DialogBody>
        {SHORTCUTS.map(({ group, shortcuts }) => (
          <section key={group}>
            <h3 className="pb-1 text-xs font-medium text-soft">{group}</h3>
            <dl className="divide-y divide-line">
              {shortcuts.map(([keys, meaning]) => (
                <div key={meaning} className="flex items-center justify-between gap-6 py-1.5">
                  <dt>{meaning}</dt>
                  <dd className="flex shrink-0 items-center gap-1">
                    {keys.split(' ').map((key) => (
                      <kbd
                        key={key}
                        className="min-w-6 rounded-md border border-line bg-page px-1.5 py-0.5 text-center font-sans text-xs text-soft"
                      >
                        {key === 'Mod' ? (HAS_COMMAND_KEY ? '⌘' : 'Ctrl') : key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  );
}
