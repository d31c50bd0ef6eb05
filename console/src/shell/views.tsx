import type { LucideIcon } from 'lucide-react';
import { type ComponentType, createContext, type LazyExoticComponent, use, useCallback } from 'react';
import { useCan } from '../viewer/organization.tsx';

/** A view and its path within the organization. Views are loaded when they are first opened. */
export interface ViewRoute {
  /** In wouter's format: `/keys/:keyId`. The first match applies. */
  readonly path: string;
  /** Permission required to see the view, or several, of which one is enough. Null: none. */
  readonly needs: string | readonly string[] | null;
  /** Position in the navigation. Omitted: reached from another view. */
  readonly entry?: {
    readonly label: string;
    readonly icon: LucideIcon;
    /** Heading in the navigation. Views of a group follow each other. Omitted: at the top. */
    readonly group?: string;
  };
  readonly View: LazyExoticComponent<ComponentType>;
}

/** All views, provided by context so that views can link to each other without importing each other. */
export const ViewsContext = createContext<readonly ViewRoute[]>([]);

/** Views that the viewer may open here. */
export function useViews(): readonly ViewRoute[] {
  const can = useCan();
  return use(ViewsContext).filter((view) => isOpenTo(view, can));
}

/** Whether the viewer may open the view at this path (as in routes.tsx). Links are shown only if so. */
export function useOpens(): (path: string) => boolean {
  const can = useCan();
  const all = use(ViewsContext);
  return useCallback((path) => all.some((view) => view.path === path && isOpenTo(view, can)), [all, can]);
}

function isOpenTo({ needs }: ViewRoute, can: (permission: string) => boolean): boolean {
  if (needs === null) return true;
  return typeof needs === 'string' ? can(needs) : needs.some(can);
}
