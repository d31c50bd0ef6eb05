import {
  CalendarClock,
  ClockAlert,
  Keyboard,
  KeyRound,
  LogOut,
  type LucideIcon,
  Moon,
  Repeat2,
  ShieldPlus,
  SunMoon,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { useLeave } from '../../design/patterns/leave-guard.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import type { PaletteEntry } from '../../design/primitives/palette.tsx';
import { openCommand } from '../../shell/commands.ts';
import { type Theme, useTheme } from '../../shell/theme.ts';
import { useOpens } from '../../shell/views.tsx';
import { useOrganization } from '../../viewer/organization.tsx';
import { useSession, useViewer } from '../../viewer/session.tsx';
import { ACTIONS } from './texts.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The actions that the viewer may perform here. */
export function useActions(): readonly PaletteEntry[] {
  const [, navigate] = useLocation();
  const opens = useOpens();
  const toast = useToast();
  const [theme, setTheme] = useTheme();
  const { id } = useOrganization();
  const { organizations } = useViewer();
  const { signOut } = useSession();
  const leave = useLeave();
  const end = () => void signOut().catch((error: Error) => toast({ tone: 'danger', text: error.message }));
  const opening = (view: string, icon: LucideIcon, label: string, to = view): PaletteEntry[] =>
    opens(view) ? [{ id: `action-${to}`, label, icon, run: () => navigate(to) }] : [];
  const others = organizations.filter((one) => one.id !== id);
  return [
    ...opening('/keys/new', KeyRound, ACTIONS.createKey),
    ...opening('/roles/new', ShieldPlus, ACTIONS.createRole),
    ...opening('/keys', ClockAlert, ACTIONS.overdue, '/keys?show=overdue'),
    ...opening('/keys', CalendarClock, ACTIONS.expiring, '/keys?show=expiring'),
    ...opening('/keys', Moon, ACTIONS.unused, '/keys?show=unused'),
    ...others.map(({ id: other, name, slug }) => ({
      id: `organization-${other}`,
      label: ACTIONS.switchTo(name),
      icon: Repeat2,
      run: () => navigate(`~/o/${slug}`),
    })),
    ...THEMES.filter((one) => one !== theme).map((one) => ({
      id: `theme-${one}`,
      label: ACTIONS.theme[one],
      icon: SunMoon,
      run: () => setTheme(one),
    })),
    { id: 'shortcuts', label: ACTIONS.shortcuts, icon: Keyboard, run: () => openCommand('shortcuts') },
    {
      id: 'sign-out',
      label: ACTIONS.signOut,
      icon: LogOut,
      run: () => leave(end),
    },
  ];
}
