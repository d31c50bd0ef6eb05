import { CircleUserRound, LogOut, MonitorSmartphone } from 'lucide-react';
import { useLeave } from '../design/patterns/leave-guard.tsx';
import { useToast } from '../design/patterns/toasts.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine, MenuLink } from '../design/primitives/menu.tsx';
import { useSession, useViewer } from '../viewer/session.tsx';
import { type Theme, useTheme } from './theme.ts';
import { useOpens } from './views.tsx';

const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** User, theme, sessions and sign-out. */
export function UserMenu() {
  const { name, email } = useViewer();
  const { signOut } = useSession();
  const [theme, setTheme] = useTheme();
  const toast = useToast();
  const opens = useOpens();
  const leave = useLeave();
  const end = () => void signOut().catch((error: Error) => toast({ tone: 'danger', text: error.message }));
  return (
    <Menu
      label="Account"
      trigger={
        <button
          type="button"
          className="flex h-11 w-full min-w-0 items-center gap-2.5 rounded-lg px-2.5 text-left hover:bg-hover"
        >
          <CircleUserRound size={20} className="shrink-0 text-soft" aria-hidden="true" />
          <span className="min-w-0 grow">
            <span className="sr-only">Account: </span>
            <span className="block truncate leading-5 font-medium">{name}</span>
            {name !== email && <span className="block truncate text-xs leading-4 text-soft">{email}</span>}
          </span>
        </button>
      }
    >
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice label="Theme" value={theme} choices={THEMES} onChange={setTheme} />
      <MenuLine />
      {opens('/sessions') && (
        <MenuLink to="/sessions">
          <MonitorSmartphone size={16} aria-hidden="true" />
          Sessions
        </MenuLink>
      )}
      <MenuItem onSelect={() => leave(end)}>
        <LogOut size={16} aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
