import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useToast } from '../patterns/toasts.tsx';
import { Button } from '../primitives/button.tsx';
import { AlertDialog, Dialog, DialogForm } from '../primitives/dialog.tsx';
import { TextField } from '../primitives/field.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../primitives/menu.tsx';
import { Tooltip } from '../primitives/tooltip.tsx';

const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** What opens above the page. */
export function Floating() {
  const [open, setOpen] = useState<'dialog' | 'question' | null>(null);
  const [theme, setTheme] = useState<string>('light');
  const toast = useToast();
  const close = () => setOpen(null);
  return (
    <div className="flex flex-wrap gap-2">
      <Menu trigger={<Button>Menu</Button>}>
        <MenuLabel>Theme</MenuLabel>
        <MenuChoice label="Theme" value={theme} choices={THEMES} onChange={setTheme} />
        <MenuLine />
        <MenuItem disabled onSelect={() => {}}>
          Disabled
        </MenuItem>
        <MenuItem danger onSelect={() => {}}>
          <Trash2 size={16} aria-hidden="true" />
          Delete
        </MenuItem>
      </Menu>
      <Button onClick={() => setOpen('dialog')}>Dialog</Button>
      <Button onClick={() => setOpen('question')}>Question</Button>
      <Button
        onClick={() => {
          toast({ text: 'Copied ID' });
          toast({ tone: 'good', text: '“Billing” saved' });
          toast({ tone: 'danger', text: 'The server is not responding.' });
        }}
      >
        Toasts
      </Button>
      <Tooltip text="What it does">
        <Button>Tooltip</Button>
      </Tooltip>
      {open === 'dialog' && (
        <Dialog title="Create a team" description="Members and keys can be bound to it." onClose={close}>
          <DialogForm label="Create" busy={false} onSubmit={async () => close()} onCancel={close}>
            <TextField label="Name" onChange={() => {}} />
          </DialogForm>
        </Dialog>
      )}
      {open === 'question' && (
        <AlertDialog
          title="Revoke “Billing”?"
          description="The key stops working immediately. This can’t be undone."
          confirm={{ label: 'Revoke key', run: close }}
          onClose={close}
        />
      )}
    </div>
  );
}
