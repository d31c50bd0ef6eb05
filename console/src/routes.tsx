import {
  Boxes,
  KeyRound,
  ListChecks,
  ScrollText,
  Settings,
  ShieldAlert,
  ShieldCheck,
  Users,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { ViewRoute } from './shell/views.tsx';

/** All views, one each, in the order of the navigation. What isn't listed here is linked from nowhere. */
export const ROUTES: readonly ViewRoute[] = [
  {
    path: '/keys',
    needs: 'api.key.view',
    entry: { label: 'Keys', icon: KeyRound },
    View: view(async () => (await import('./keys/keys-view.tsx')).KeysView),
  },
  {
    path: '/keys/new',
    needs: 'api.key.create',
    View: view(async () => (await import('./create/create-view.tsx')).CreateView),
  },
  {
    path: '/keys/:keyId/edit',
    needs: 'api.key.update',
    View: view(async () => (await import('./edit/edit-view.tsx')).EditView),
  },
  {
    path: '/keys/:keyId/rotate',
    needs: 'api.key.update',
    View: view(async () => (await import('./rotate/rotate-view.tsx')).RotateView),
  },
  {
    path: '/keys/:keyId',
    needs: 'api.key.view',
    View: view(async () => (await import('./key/key-view.tsx')).KeyView),
  },
  {
    path: '/review',
    needs: 'api.key.view',
    entry: { label: 'Review', icon: ListChecks },
    View: view(async () => (await import('./review/review-view.tsx')).ReviewView),
  },
  {
    path: '/security',
    needs: 'api.key.view',
    entry: { label: 'Security', icon: ShieldAlert },
    View: view(async () => (await import('./security/security-view.tsx')).SecurityView),
  },
  {
    path: '/people',
    needs: 'member.view',
    entry: { label: 'People', icon: Users },
    View: view(async () => (await import('./people/people-view.tsx')).PeopleView),
  },
  {
    path: '/roles',
    needs: 'role.view',
    entry: { label: 'Roles', icon: ShieldCheck },
    View: view(async () => (await import('./roles/roles-view.tsx')).RolesView),
  },
  {
    path: '/roles/new',
    needs: 'role.manage',
    View: view(async () => (await import('./roles/role-view.tsx')).NewRoleView),
  },
  {
    path: '/roles/:roleId',
    needs: 'role.view',
    View: view(async () => (await import('./roles/role-view.tsx')).RoleView),
  },
  {
    path: '/teams',
    needs: 'team.view',
    entry: { label: 'Teams', icon: Boxes },
    View: view(async () => (await import('./teams/teams-view.tsx')).TeamsView),
  },
  {
    path: '/audit',
    needs: 'audit.view',
    entry: { label: 'Audit log', icon: ScrollText },
    View: view(async () => (await import('./audit/audit-view.tsx')).AuditView),
  },
  {
    path: '/sessions',
    needs: null,
    View: view(async () => (await import('./sessions/sessions-view.tsx')).SessionsView),
  },
  {
    path: '/settings',
    needs: 'organization.manage',
    entry: { label: 'Settings', icon: Settings },
    View: view(
      async () =>
        (await import('./organization-settings/organization-settings-view.tsx')).OrganizationSettingsView,
    ),
  },
];

function view(load: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: await load() }));
}
