import {
  Boxes,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  ScrollText,
  Settings,
  ShieldAlert,
  ShieldCheck,
  Users,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { ViewRoute } from './shell/views.tsx';

/** All views in navigation order. Views without a navigation entry are linked from other views. */
export const ROUTES: readonly ViewRoute[] = [
  {
    path: '/overview',
    needs: ['api.key.view', 'organization.view'],
    entry: { label: 'Overview', icon: LayoutDashboard },
    View: view(async () => (await import('./features/overview/overview-view.tsx')).OverviewView),
  },
  {
    path: '/keys',
    needs: 'api.key.view',
    entry: { label: 'Keys', icon: KeyRound },
    View: view(async () => (await import('./features/api-keys/list/keys-view.tsx')).KeysView),
  },
  {
    path: '/keys/new',
    needs: 'api.key.create',
    View: view(async () => (await import('./features/api-keys/form/create/create-view.tsx')).CreateView),
  },
  {
    path: '/keys/:keyId/edit',
    needs: 'api.key.update',
    View: view(async () => (await import('./features/api-keys/form/edit/edit-view.tsx')).EditView),
  },
  {
    path: '/keys/:keyId/rotate',
    needs: 'api.key.update',
    View: view(async () => (await import('./features/api-keys/rotate/rotate-view.tsx')).RotateView),
  },
  {
    path: '/keys/:keyId',
    needs: 'api.key.view',
    View: view(async () => (await import('./features/api-keys/detail/key-view.tsx')).KeyView),
  },
  {
    path: '/review',
    needs: 'api.key.view',
    entry: { label: 'Review', icon: ListChecks },
    View: view(async () => (await import('./features/api-keys/review/review-view.tsx')).ReviewView),
  },
  {
    path: '/security',
    needs: 'api.key.view',
    entry: { label: 'Security', icon: ShieldAlert },
    View: view(async () => (await import('./features/security/security-view.tsx')).SecurityView),
  },
  {
    path: '/members',
    needs: 'member.view',
    entry: { label: 'Members', icon: Users, group: 'Access' },
    View: view(async () => (await import('./features/members/members-view.tsx')).MembersView),
  },
  {
    path: '/roles',
    needs: 'role.view',
    entry: { label: 'Roles', icon: ShieldCheck, group: 'Access' },
    View: view(async () => (await import('./features/roles/roles-view.tsx')).RolesView),
  },
  {
    path: '/roles/new',
    needs: 'role.manage',
    View: view(async () => (await import('./features/roles/role-view.tsx')).NewRoleView),
  },
  {
    path: '/roles/:roleId',
    needs: 'role.view',
    View: view(async () => (await import('./features/roles/role-view.tsx')).RoleView),
  },
  {
    path: '/teams',
    needs: 'team.view',
    entry: { label: 'Teams', icon: Boxes, group: 'Access' },
    View: view(async () => (await import('./features/teams/teams-view.tsx')).TeamsView),
  },
  {
    path: '/audit',
    needs: 'audit.view',
    entry: { label: 'Audit log', icon: ScrollText, group: 'Organization' },
    View: view(async () => (await import('./features/audit/audit-view.tsx')).AuditView),
  },
  {
    path: '/audit/:entryId',
    needs: 'audit.view',
    View: view(async () => (await import('./features/audit/entry-view.tsx')).EntryView),
  },
  {
    path: '/sessions',
    needs: null,
    View: view(async () => (await import('./features/sign-in/sessions-view.tsx')).SessionsView),
  },
  {
    path: '/settings',
    needs: 'organization.manage',
    entry: { label: 'Settings', icon: Settings, group: 'Organization' },
    View: view(async () => (await import('./features/settings/settings-view.tsx')).OrganizationSettingsView),
  },
];

function view(load: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: await load() }));
}
